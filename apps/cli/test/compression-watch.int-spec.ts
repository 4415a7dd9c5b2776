import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompressionState } from '@hamon/contracts';
import { cut, FakeServer, json } from './support/fake-server.js';
import { hamon } from './support/run.js';
import { COMPRESSION, compressionView } from './support/views.js';

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const path = `/v1/compressions/${COMPRESSION}`;
const event = (seq: number): string =>
  `id: ${seq}\nevent: progress\ndata: ${JSON.stringify({ seq, at: '2026-03-01T12:00:00.000Z', kind: 'progress', text: `step ${seq}` })}\n\n`;
const POSITION = 'event: position\ndata: {"phase":"build","text":"making fp16","done":1,"total":2}\n\n';
const watch = (...flags: string[]) => hamon(['compression', 'watch', COMPRESSION, ...flags, ...server.flags]);

describe('watching a compression', () => {
  it.each<[CompressionState, number]>([
    ['succeeded', 0],
    ['failed', 3],
    ['cancelled', 3],
  ])('that ends %s exits with %d', async (state, code) => {
    server
      .on(`GET ${path}/events`, (_q, r) =>
        r.writeHead(200, { 'content-type': 'text/event-stream' }).end(event(1) + POSITION + event(2)),
      )
      .on(`GET ${path}`, (_q, r, attempt) => {
        if (attempt === 2) cut(r);
        else json(r, compressionView(attempt < 3 ? {} : { state }));
      });
    const said = await watch();
    expect(said.code).toBe(code);
    expect([...said.out.matchAll(/step (\d)/g)].map(([, seq]) => seq)).toEqual(['1', '2']);
    expect((await watch('--json')).json).toMatchObject({ schema: 'hamon.compression/1', state });
  });
});
