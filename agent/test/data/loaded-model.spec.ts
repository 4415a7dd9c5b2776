import { describe, expect, it } from 'vitest';
import type { BundleDocument, DetectionAnswer, OutputSpec } from '@hamon/contracts';
import { areComparable, loadedModel, outputUnder } from '../../src/data/loaded-model.js';

const bundleOf = (task: BundleDocument['task'], output: OutputSpec): BundleDocument => ({
  ...{ schema: 'hamon.bundle/2', model: 'tiles', version: '1.0.0', task, output, variants: [] },
  input: {
    ...{ name: 'image', layout: 'NCHW', width: 64, height: 64, channels: 1, dtype: 'float32' },
    ...{ resize: 'stretch', scale: 1, mean: [0], std: [1] },
  },
  budgets: { p95Ms: 10, rssMb: 100 },
});
const detector = (labels = ['dent', 'spot']): BundleDocument =>
  bundleOf('detection', {
    ...{ format: 'yolo', name: 'boxes', labels, scoreActivation: 'none', threshold: 0.5, iou: 0.45 },
    ...{ maxDetections: 10, maxCandidates: 100 },
  });
const classifier = bundleOf('classification', { name: 'p', activation: 'none', labels: ['dent', 'spot'] });
const version = { model: 'tiles', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };

/** Two boxes, of 0.6 and 0.4; centre, size, then a score for each label. */
const tensors = () => {
  const rows = [
    [10, 40],
    [10, 40],
    [8, 8],
    [8, 8],
    [0.6, 0],
    [0, 0.4],
  ];
  return new Map([['boxes', { dims: [1, 6, 2], data: Float32Array.from(rows.flat()) }]]);
};
const found = (policy: Parameters<typeof loadedModel>[2]): number => {
  const { decode } = loadedModel(detector(), version, policy, null);
  const answer = decode(tensors(), { width: 128, height: 128 });
  if (!answer.ok) throw new Error(answer.error.detail);
  return (answer.value as DetectionAnswer).detections.length;
};

describe('a model as it is served', () => {
  it('answers with the rollout’s threshold in the place of the bundle’s', () => {
    expect(found({})).toBe(1);
    expect(found({ threshold: 0.3 })).toBe(2);
    expect(found({ threshold: { dent: 0.7 } })).toBe(0);
    const served = loadedModel(detector(), version, { threshold: 0.3 }, null);
    expect(served).toMatchObject({ threshold: 0.3, output: { threshold: 0.3 } });
    expect(served.bundle.output).toMatchObject({ threshold: 0.5 });
  });

  it('refuses a threshold that its task has no use for', () => {
    expect(outputUnder(classifier, { threshold: 0.5 })).toMatchObject({ ok: false });
    expect(() => loadedModel(classifier, version, { threshold: 0.5 }, null)).toThrow(
      expect.objectContaining({
        code: 'bundle-invalid',
        message: expect.stringMatching(/^policy.threshold: /),
      }),
    );
  });

  it('is compared with another of its task and labels alone', () => {
    const [model, same] = [detector(), detector()].map((bundle) => loadedModel(bundle, version, {}, null));
    const turned = loadedModel(detector(['spot', 'dent']), version, {}, null);
    const other = loadedModel(classifier, version, {}, null);
    expect(areComparable(model!, same!)).toBe(true);
    expect(areComparable(model!, turned)).toBe(false);
    expect(areComparable(model!, other)).toBe(false);
  });
});
