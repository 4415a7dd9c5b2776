import { describe, expect, it } from 'vitest';
import type { BundleDocument } from '@hamon/contracts';
import { samplesOf, type SampleSource } from '../../src/dataset/sample-source.js';
import { PLAIN, taskYardstick } from '../../src/judge/yardstick.js';
import { QualityMeter, type Quality } from '../../src/measure/quality.js';
import { BUNDLE } from '../support/small-bundle.js';

const rows = (...values: number[][]): Float32Array[] => values.map((row) => Float32Array.from(row));
const DOCUMENT: BundleDocument = {
  ...BUNDLE,
  task: 'classification',
  output: { name: 'y', activation: 'none', labels: ['no', 'yes'] },
} as BundleDocument;

/** Samples of which only their number, and what is known of them, matters here. */
const source = (count: number, further: Partial<SampleSource>): SampleSource => ({
  ...samplesOf(
    'x',
    [1, 1],
    Array.from({ length: count }, () => new Float32Array(1)),
  ),
  ...further,
});

async function metered(samples: SampleSource, outputs: readonly Float32Array[]): Promise<QualityMeter> {
  const meter = new QualityMeter(samples);
  for (const [index, data] of outputs.entries())
    await meter.take(index, new Map([['y', { dims: [1, data.length], data }]]));
  return meter;
}

async function qualityOf(
  samples: SampleSource,
  original: readonly Float32Array[],
  outputs: readonly Float32Array[],
): Promise<Quality> {
  return (await metered(samples, outputs)).build(await metered(samples, original));
}

describe('the quality of a variant', () => {
  const original = rows([0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]);
  const outputs = rows([0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.1, 0.9]);
  const labels = ['no', 'no', 'no', 'yes'];
  const unlabelled = source(4, { yardstick: taskYardstick(DOCUMENT) });
  const labelled = source(4, {
    yardstick: taskYardstick(DOCUMENT),
    frameOf: () => Promise.resolve({ width: 1, height: 1 }),
    truthOf: (index) => Promise.resolve({ label: labels[index] ?? '' }),
  });

  it('counts right labels, by class too, and those that the original gives', async () => {
    const quality = await qualityOf(labelled, original, outputs);
    expect(quality).toMatchObject({ samples: 4, accuracy: 0.75, agreement: 0.75 });
    expect(quality.quality).toMatchObject({ metric: 'accuracy', value: 0.75 });
    expect(quality.balancedAccuracy).toBeCloseTo((2 / 3 + 1) / 2);
    expect(quality.klToFp32).toBeGreaterThan(0);
  });

  it('knows agreement without labels, and of itself nothing but agreement', async () => {
    expect(await qualityOf(unlabelled, original, original)).toEqual({
      samples: 4,
      agreement: 1,
      klToFp32: 0,
    });
  });

  it('compares outputs of no task by their error over the variance', async () => {
    const { outputError, ...rest } = await qualityOf(
      source(2, { yardstick: PLAIN }),
      rows([1, -1], [3, -3]),
      rows([1, -1], [3, -2]),
    );
    expect(outputError).toBeCloseTo(1 / 20);
    expect(rest).toEqual({ samples: 2 });
  });

  it('takes NaN for infinitely far', async () => {
    const quality = await qualityOf(
      unlabelled,
      original,
      original.map(() => Float32Array.of(NaN, NaN)),
    );
    expect(quality.klToFp32).toBe(Infinity);
  });
});
