import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TellCondition } from '../../../src/conditions.js';
import type { DataEvent } from '../../../src/data/data-events.js';
import { JsonlSink } from '../../../src/data/sinks/jsonl-sink.js';
import type { ResultRecord } from '@hamon/contracts';
import { CLOUD_RESULT } from '../support/cloud-server.js';
import { until } from '../support/until.js';

const record = (i: number): ResultRecord => ({
  schema: 'hamon.record/2',
  at: '2030-01-01T00:00:00.000Z',
  stream: 'main',
  frame: `${i}.png`,
  result: CLOUD_RESULT,
});
const namesIn = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as ResultRecord).frame ?? '');

let folder: string;
let events: DataEvent[];
let troubles: (string | null)[];
const tellCondition: TellCondition = (_code, trouble) => void troubles.push(trouble?.detail ?? null);
const newSink = (path: string, maxBytes = 1_000_000): JsonlSink =>
  new JsonlSink({
    ...{ path, maxBytes, tellCondition },
    onEvent: (event) => void events.push(event),
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-jsonl-'));
  events = [];
  troubles = [];
});
afterEach(() => rm(folder, { recursive: true }));

describe('JsonlSink', () => {
  it('writes one document a line, in order, also after a restart', async () => {
    const path = join(folder, 'results.jsonl');
    for (const start of [0, 5]) {
      const sink = newSink(path);
      for (let i = start; i < start + 5; i += 1) sink.write(record(i));
      await sink.close();
    }
    expect(await namesIn(path)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}.png`));
  });

  it('refuses a pipe, which would hold a thread as soon as it is full', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const sink = newSink(path);
    for (let i = 0; i < 500; i += 1) sink.write(record(i));
    await sink.close();
    expect(troubles).toEqual([`results are not written to ${path}: it is a pipe, and has to be a file`]);
    expect(sink.dropped).toBe(500);
  });

  it('keeps two files within the bound', async () => {
    const path = join(folder, 'results.jsonl');
    const sink = newSink(path, 2000);
    for (let i = 0; i < 40; i += 1) {
      sink.write(record(i));
      if (i % 4 === 3) await sink.close();
    }
    await sink.close();
    expect((await stat(path)).size).toBeLessThanOrEqual(2000);
    expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(2000);
    expect((await namesIn(path)).at(-1)).toBe('39.png');
    expect(sink.dropped).toBe(0);
  });

  it('begins a new line after half a one', async () => {
    const path = join(folder, 'results.jsonl');
    await appendFile(path, '{"schema":"hamon.rec');
    const sink = newSink(path);
    sink.write(record(1));
    await sink.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1]!)).toMatchObject({ frame: '1.png' });
  });

  it('counts what a full disk took, tells it once, and never throws', async () => {
    const sink = newSink('/dev/full');
    for (let i = 0; i < 5; i += 1) sink.write(record(i));
    await until('five dropped', () => sink.dropped === 5);
    sink.write(record(5));
    await sink.close();
    expect(sink.dropped).toBe(6);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind: 'records-dropped' });
    expect(events[0]!.detail).toContain('ENOSPC');
  });

  it('goes on when its folder comes back', async () => {
    const path = join(folder, 'later', 'results.jsonl');
    const sink = newSink(path);
    sink.write(record(0));
    await until('the first dropped', () => sink.dropped === 1);
    await (await import('node:fs/promises')).mkdir(join(folder, 'later'));
    let i = 1;
    let written = false;
    const writing = setInterval(() => {
      sink.write(record(i));
      i += 1;
      void stat(path).then(
        () => (written = true),
        () => undefined,
      );
    }, 20);
    await until('the file', () => written);
    clearInterval(writing);
    await sink.close();
    expect((await namesIn(path)).length + sink.dropped).toBe(i);
  });

  it('bounds what waits for the disk', async () => {
    const sink = newSink(join(folder, 'results.jsonl'));
    for (let i = 0; i < 5000; i += 1) sink.write(record(i));
    await sink.close();
    expect(sink.dropped).toBeGreaterThanOrEqual(3000);
    expect((await namesIn(join(folder, 'results.jsonl'))).length + sink.dropped).toBe(5000);
  });

  it('keeps a record that is larger than its file as an error that says so', async () => {
    const path = join(folder, 'results.jsonl');
    const sink = newSink(path, 4096);
    const probabilities = Array.from({ length: 1000 }, () => 0.123_456_789);
    const output = { label: 'good', confidence: 1, probabilities };
    sink.write({ ...record(0), result: { ...CLOUD_RESULT, output } });
    sink.write(record(1));
    await sink.close();
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const written = lines.map((line) => JSON.parse(line) as ResultRecord);
    expect(written).toMatchObject([
      { frame: '0.png', error: { code: 'too-large' } },
      { frame: '1.png', result: CLOUD_RESULT },
    ]);
    expect([sink.dropped, sink.shortened]).toEqual([0, 1]);
  });
});
