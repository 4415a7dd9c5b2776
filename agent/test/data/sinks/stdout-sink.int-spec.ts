import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { StdoutSink } from '../../../src/data/sinks/stdout-sink.js';
import { until } from '../support/until.js';
import { record, told } from './support.js';

const SINK = new URL('../../../dist/data/sinks/stdout-sink.js', import.meta.url).href;
/** Writes so many large records to its own stdout and says on stderr how that went. */
const WRITER = `
  const { StdoutSink } = await import(${JSON.stringify(SINK)});
  const [records, length] = process.argv.slice(1).map(Number);
  const sink = new StdoutSink({ output: process.stdout, tellCondition: () => {}, onEvent: () => {} });
  let ticks = 0;
  const ticking = setInterval(() => { ticks += 1; }, 1);
  for (let i = 0; i < records; i += 1) {
    sink.write({ schema: 'hamon.record/2', at: '', stream: 'main', frame: i + ' '.repeat(length) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.close();
  clearInterval(ticking);
  process.stderr.write(JSON.stringify({ dropped: sink.dropped }), () => process.exit(0));
`;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function said(writer: ChildProcess): Promise<{ dropped: number }> {
  let text = '';
  writer.stderr!.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(writer, 'close')) as [number | null];
  expect([code, text.slice(0, 500)]).toEqual([0, expect.stringMatching(/^\{"dropped":\d+\}$/)]);
  return JSON.parse(text) as { dropped: number };
}

const writing = (records: number, length: number, stdout: 'pipe' | number = 'pipe'): ChildProcess => {
  const args = ['--input-type=module', '-e', WRITER, String(records), String(length)];
  return (child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] }));
};

describe('StdoutSink', () => {
  it('writes one document a line', async () => {
    const output = new PassThrough();
    const sink = new StdoutSink({ output, ...told() });
    for (let i = 0; i < 3; i += 1) sink.write(record(i));
    await sink.close();
    output.end();
    const lines = [];
    for await (const line of createInterface({ input: output })) lines.push(JSON.parse(line) as unknown);
    expect(lines).toEqual([record(0), record(1), record(2)]);
    expect(sink.dropped).toBe(0);
  });

  it('does not wait for a reader that never reads, and counts what it missed', async () => {
    // 32 MB, of which a pipe and our own bound hold a few.
    const { dropped } = await said(writing(32, 1_000_000));
    expect(dropped).toBeGreaterThan(20);
    expect(dropped).toBeLessThan(32);
  });

  it('goes on where the reader has gone', async () => {
    const writer = writing(32, 100_000);
    writer.stdout!.destroy();
    const { dropped } = await said(writer);
    expect(dropped).toBeGreaterThan(20);
  });

  it('goes on where stdout is a file on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      expect(await said(writing(10, 100, full))).toEqual({ dropped: 10 });
    } finally {
      closeSync(full);
    }
  });

  it('says that it is in trouble, once, and that this is over', async () => {
    const output = new PassThrough({ highWaterMark: 1 });
    const news = told();
    const sink = new StdoutSink({ output, ...news });
    const large = { frame: 'x'.repeat(900_000) };
    for (let i = 0; i < 10; i += 1) sink.write(record(i, large));
    expect(news.standing.get('results-dropped')).toContain('what reads stdout is too slow');
    expect(news.events).toHaveLength(1);
    output.resume();
    await until('everything is read', () => output.writableLength === 0);
    sink.write(record(10));
    await until('the trouble is over', () => news.standing.size === 0);
    await sink.close();
  });
});
