import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChunkStore, digestOf } from '@hamon/content';
import { chunkTopic, parseTopic } from '@hamon/contracts';
import { Aedes } from 'aedes';
import { MqttChunkFetcher } from '../../src/adapters/mqtt-chunk-fetcher.js';
import { MqttConnection } from '../../src/adapters/mqtt-connection.js';
import { SlowLink } from '../support/slow-link.js';
import { temporaryFolder } from '../support/test-bundles.js';
import { until } from '../support/until.js';

const FLEET = 'acme';
const CHUNK_BYTES = 20 * 1024;

describe('a link on which a few chunks take longer than one is waited for', () => {
  let broker: Aedes;
  let server: Server;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    broker = await Aedes.createBroker();
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
    await folder.remove();
  });

  it('carries them all, and hardly one of them twice', async () => {
    const bytes = Array.from({ length: 12 }, () => randomBytes(CHUNK_BYTES));
    const chunks = bytes.map((chunk) => ({ sha256: digestOf(chunk), length: chunk.length }));
    for (const [i, payload] of bytes.entries()) {
      const topic = chunkTopic(FLEET, chunks[i]!.sha256);
      await new Promise<void>((resolve) =>
        broker.publish({ cmd: 'publish', topic, payload, qos: 1, retain: true, dup: false }, () => resolve()),
      );
    }
    const link = await SlowLink.to((server.address() as AddressInfo).port, 4 * CHUNK_BYTES);
    const connection: MqttConnection = new MqttConnection({
      ...{ url: `mqtt://127.0.0.1:${link.port}`, fleet: FLEET, device: 'cam-1' },
      password: () => Promise.resolve('secret'),
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onMessage: (topic, payload) => {
        const parsed = parseTopic(topic);
        if (parsed) fetcher.receive(parsed, payload);
      },
    });
    const store = await ChunkStore.open(join(folder.path, 'chunks'), { maxBytes: 1e7 });
    const patience = { askTimeoutMs: 400, maxAsks: 3 };
    const corrupt: string[] = [];
    const onCorrupt = (detail: string): void => void corrupt.push(detail);
    const fetcher = new MqttChunkFetcher({ connection, fleet: FLEET, store, ...patience, onCorrupt });
    const stop = new AbortController();
    const running = connection.run(stop.signal);
    await until('it is connected', () => connection.isConnected);

    let progress = 0;
    await fetcher.fetch(chunks, () => (progress += 1), new AbortController().signal);
    expect(progress).toBe(chunks.length);
    expect(corrupt).toEqual([]);
    for (const [i, chunk] of chunks.entries()) expect(Buffer.from(await store.read(chunk))).toEqual(bytes[i]);
    expect(link.carriedBytes).toBeLessThan(1.5 * chunks.length * CHUNK_BYTES);
    stop.abort();
    await running;
    await link.close();
  });
});
