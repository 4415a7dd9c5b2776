import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupMemoryMb, readBundle } from '@hamon/inference';
import type { CompressProgress } from '../../src/compress-options.js';
import { compressInProcess, type CompressOutcome } from '../../src/process/compress-in-process.js';
import { brightnessModel, bundleFolder, QUICK, temporaryFolder } from '../support/small-bundle.js';

const limits = { maxSeconds: 60, maxMemoryMb: 1500 };
const short = { variants: ['fp16'], ...QUICK };
const long = {
  variants: ['fp16'],
  measure: { ...QUICK.measure, rounds: 500, runs: 10_000, budgetSeconds: 900 },
};

interface Ran {
  readonly outcome: CompressOutcome;
  readonly out: string;
  readonly phases: readonly string[];
}

async function run(
  recipe: unknown,
  {
    within = limits,
    source = '',
    onProgress = (_: CompressProgress): void => undefined,
    signal = new AbortController().signal,
  } = {},
): Promise<Ran> {
  const out = join(await temporaryFolder(), 'out');
  const phases: string[] = [];
  const outcome = await compressInProcess(
    { source: source === '' ? await bundleFolder() : source, out, recipe },
    within,
    (progress) => {
      phases.push(progress.phase);
      onProgress(progress);
    },
    signal,
  );
  return { outcome, out, phases };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('compressing in a process of its own', () => {
  it('leaves the same folder as in this one, and tells how far it is', async () => {
    const { outcome, out, phases } = await run(short);
    expect(outcome).toEqual({ kind: 'done' });
    const bundle = await readBundle(out);
    expect(bundle.ok && bundle.value.variants.map(({ name }) => name)).toEqual(['fp32', 'fp16']);
    expect([...new Set(phases)]).toEqual(['open', 'build', 'evaluate', 'latency', 'finish']);
  });

  it.each([
    ['a recipe that breaks its rules', { variants: ['int7'] }, '', 'option-invalid', /variants/],
    ['a file that is no model', short, 'no model', 'not-onnx', /./],
    ['a folder that is not there', short, '/no/such/folder', 'source-invalid', /does not exist/],
  ])('answers %s with its own code', async (_, recipe, bytes, code, detail) => {
    const source = bytes === 'no model' ? await bundleFolder(Buffer.from(bytes)) : bytes;
    const { outcome, out } = await run(recipe, { source });
    expect(outcome).toMatchObject({ kind: 'failed', code, detail: expect.stringMatching(detail) });
    expect(await isThere(out)).toBe(false);
  });

  it.each([
    ['time', { ...limits, maxSeconds: 2 }, 'time-limit'],
    ['memory', { ...limits, maxMemoryMb: 90 }, 'memory-limit'],
  ])('ends at the limit of %s, without a result', async (_, within, code) => {
    const { outcome, out } = await run(long, { within });
    expect(outcome).toMatchObject({ kind: 'failed', code });
    expect(await isThere(out)).toBe(false);
  });

  it('holds the heap to the limit where a model alone needs more', async () => {
    // Wide enough that JavaScript cannot even begin in so little.
    const { outcome } = await run(short, { within: { ...limits, maxMemoryMb: 8 } });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'memory-limit' });
  });

  it('ends at the signal, wherever it is', async () => {
    for (const phase of ['open', 'build', 'evaluate', 'latency']) {
      const cancel = new AbortController();
      const { outcome, out } = await run(long, {
        signal: cancel.signal,
        onProgress: (progress) => progress.phase === phase && cancel.abort(),
      });
      expect([phase, outcome]).toEqual([
        phase,
        { kind: 'failed', code: 'cancelled', detail: expect.any(String) },
      ]);
      expect(await isThere(out)).toBe(false);
    }
    expect((await run(short, { signal: AbortSignal.abort() })).outcome).toMatchObject({ code: 'cancelled' });
  });

  it('runs several side by side without touching each other', async () => {
    const source = await bundleFolder(brightnessModel());
    const outs = await Promise.all([run(short, { source }), run(short, { source })]);
    for (const { outcome, out } of outs) {
      expect(outcome).toEqual({ kind: 'done' });
      expect(await readdir(out)).toContain('report.html');
    }
  });
});

it('the memory of a group is that of all its processes', async () => {
  // The worker's own group: this process and whatever it started.
  const own = process.memoryUsage.rss() / 1024 ** 2;
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile('/proc/self/stat', 'latin1');
  const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  expect(await groupMemoryMb(group)).toBeGreaterThan(own / 2);
  expect(await groupMemoryMb(2 ** 30)).toBe(0);
});
