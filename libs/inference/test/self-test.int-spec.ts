import { describe, expect, it } from 'vitest';
import { bundleDocument, writeBundle } from '@hamon/testing';
import type { BundleDocument, Result } from '@hamon/contracts';
import { selfTest, syntheticImage, type BundleProblem, type SelfTestReport } from '../src/index.js';
import { startHost, temporaryFolder } from './support.js';

const policy = { selfTest: { warmupRuns: 2, runs: 50 } };
const scores = {
  input: bundleDocument().input,
  output: { ...bundleDocument().output, activation: 'softmax' as const },
};

async function tested(
  overrides: Partial<BundleDocument>,
  model: Parameters<typeof startHost>[0] = {},
  files: Record<string, Uint8Array> = {},
): Promise<Result<SelfTestReport, BundleProblem>> {
  const bundle = bundleDocument(overrides);
  const dir = await temporaryFolder();
  await writeBundle(dir, bundle, {}, files);
  return selfTest(await startHost(model, { ...scores, hangMs: 3000 }), dir, bundle, 'fp32', policy);
}

const failing = (code: string, detail: string): object => ({
  ok: false,
  error: { code, detail: expect.stringContaining(detail) },
});
const golden = (label: string, probabilities: number[]): BundleDocument['golden'] => [
  { file: 'golden/0.png', expect: { label, probabilities, tolerance: 0.02 } },
];

describe('selfTest', () => {
  const image = async (): Promise<Record<string, Uint8Array>> => ({
    'golden/0.png': await syntheticImage(bundleDocument().input, 1),
  });

  it('reports cost and samples of a model that does what it should', async () => {
    const result = await tested({});
    expect(result).toMatchObject({ ok: true, value: { runs: 50, samples: 0, measuredTwice: false } });
    if (result.ok) expect(result.value.p95Ms).toBeGreaterThanOrEqual(result.value.p50Ms);
  });

  it('refuses a golden sample that comes out differently', async () => {
    const result = await tested({ golden: golden('low', [0.9, 0.05, 0.05]) }, {}, await image());
    expect(result).toEqual(failing('golden-mismatch', 'golden/0.png: '));
  });

  it('refuses a golden sample that is missing, or no image', async () => {
    const missing = await tested({ golden: golden('low', [1, 0, 0]) });
    expect(missing).toEqual(failing('bundle-invalid', 'golden/0.png is named in bundle.json'));
    const broken = await tested(
      { golden: golden('low', [1, 0, 0]) },
      {},
      { 'golden/0.png': Buffer.from('no') },
    );
    expect(broken).toEqual(failing('bundle-invalid', 'golden/0.png: the image is neither PNG nor JPEG'));
  });

  it('refuses NaN, on golden samples and without them', async () => {
    const bias = Float32Array.of(0, NaN, 0);
    expect(await tested({}, { bias })).toEqual(failing('output-not-finite', 'NaN'));
    const sampled = await tested({ golden: [{ file: 'golden/0.png' }] }, { bias }, await image());
    expect(sampled).toEqual(failing('output-not-finite', 'golden/0.png'));
  });

  it('refuses a model beyond its latency budget only after measuring twice', async () => {
    const slow = await tested({ budgets: { p95Ms: 0.5, rssMb: 1000 } }, { delayRounds: 5000 });
    expect(slow).toEqual(failing('latency-budget', 'measured twice; budgets.p95Ms is 0.5'));
  });

  it('refuses a model beyond its memory budget', async () => {
    const result = await tested({ budgets: { p95Ms: 1000, rssMb: 5 } });
    expect(result).toEqual(failing('memory-budget', 'budgets.rssMb is 5'));
  });

  it('refuses a model that hangs', async () => {
    expect(await tested({}, { delayRounds: Infinity })).toEqual(failing('worker-hung', '3000 ms'));
  });

  it('is ended by stopping the host, which says nothing about the model', async () => {
    const dir = await temporaryFolder();
    await writeBundle(dir, bundleDocument());
    const host = await startHost({ delayRounds: 50_000 }, scores);
    const running = expect(selfTest(host, dir, bundleDocument(), 'fp32', policy)).rejects.toMatchObject({
      code: 'stopped',
    });
    await host.stop();
    await running;
  });
});
