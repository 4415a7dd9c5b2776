import { describe, expect, it } from 'vitest';
import type { AnomalyMap } from '../../src/anomaly/read-outputs.js';
import { pixelValues } from '../../src/anomaly/resize-map.js';
import { areaUnderRoc, bestF1, PixelCounts } from '../../src/anomaly/roc.js';
import { answerOf, frame, input, outputs, spec, task } from './support.js';
import { seededRandom } from '@hamon/stats';

describe('what the model states', () => {
  const problem = (score: (number | string)[], map: (number | string)[]) =>
    task.checkOutputs(spec, input, [
      { name: 'score', type: 'float32', shape: score },
      { name: 'map', type: 'float32', shape: map },
    ]);

  it.each([
    [
      ['batch', 1],
      ['batch', 1, 28, 28],
    ],
    [[1], [1, 'h', 'w']],
    [[], [1, 1, 28, 28]],
  ])('fits as %j and %j', (score, map) => {
    expect(problem(score, map)).toBeUndefined();
  });

  it('is refused with both shapes', () => {
    expect(problem([1, 2], [1, 1, 8, 8])).toBe(
      'output "score" is [1, 2], output.score needs one number a frame, as [1] or [1, 1]',
    );
    expect(problem([1, 1], [1, 3, 8, 8])).toBe(
      'output "map" is [1, 3, 8, 8], output.map needs [1, 1, H, W] or [1, H, W]',
    );
  });
});

describe('a threshold of a rollout', () => {
  it('is in the units of the model, between the bundle’s ends', () => {
    expect(task.withThreshold(spec, 9)).toEqual({ ok: true, value: { ...spec, threshold: 9 } });
    expect(task.withThreshold(spec, 16)).toEqual({
      ok: false,
      error: 'threshold must lie between minimum (2) and maximum (16), is 16',
    });
    expect(task.withThreshold(spec, { a: 1 })).toMatchObject({ ok: false });
  });
});

it('is as sure as it is far from the threshold', () => {
  expect([0, 0.3, 0.5, 0.9].map((score) => task.confidence(answerOf(score)))).toEqual([1, 0.7, 0.5, 0.9]);
});

it('is described in a line', () => {
  expect(task.describe({ ...answerOf(0.834), regions: [] })).toBe('anomalous 0.83');
  const box = { x: 0, y: 0, width: 1, height: 1 };
  expect(task.describe({ ...answerOf(0.2), regions: [{ score: 0.2, box }] })).toBe('normal 0.20, 1 region');
});

describe('a golden sample', () => {
  const expected = task.golden.expectationOf(answerOf(0.7), spec, 'original');
  const broken = (score: number, given = expected) => task.golden.broken(answerOf(score), given, spec);

  it('holds within its tolerance, and names what differs', () => {
    expect(broken(0.705)).toBeUndefined();
    expect(broken(0.73)).toBe('the score is 0.7300, expected 0.7000 ± 0.02');
    expect(broken(NaN)).toBeDefined();
    expect(broken(0.45, { score: 0.7, isAnomalous: true, tolerance: 0.3 })).toBeUndefined();
    expect(broken(0.45, { score: 0.7, isAnomalous: true, tolerance: 0.1 })).toContain('the score is');
  });

  it('lets the decision change only beside the threshold', () => {
    expect(broken(0.49, { score: 0.505, isAnomalous: true, tolerance: 0.02 })).toBeUndefined();
    expect(task.golden.broken({ ...answerOf(0.7), isAnomalous: false }, expected, spec)).toBe(
      'the frame counts as normal, expected anomalous',
    );
  });
});

describe('the area under the ROC curve', () => {
  it('is how often the anomalous one is higher, equal ones counting half', () => {
    expect(areaUnderRoc([[0, 2], [1, 1], [1, 0]])).toBeCloseTo((2 + 0.5 + 3) / 6, 12); // prettier-ignore
    expect(areaUnderRoc([[3, 0]])).toBe(0.5);
  });

  it('of counted pixels is that of the pixels themselves, whatever their scale', () => {
    const random = seededRandom(5);
    for (const scale of [1e-4, 1, 1e6]) {
      const pixels = Array.from({ length: 3000 }, () => {
        const isAnomalous = random.next() < 0.2;
        return { score: scale * Math.exp(random.normal() + (isAnomalous ? 0.8 : 0)), isAnomalous };
      });
      const counts = new PixelCounts(3 * scale, 2 * scale);
      for (const { score, isAnomalous } of pixels) counts.add(score, isAnomalous);
      const exact = areaUnderRoc(
        pixels
          .sort((a, b) => a.score - b.score)
          .map(({ isAnomalous }): [number, number] => (isAnomalous ? [1, 0] : [0, 1])),
      );
      expect(Math.abs((counts.area() ?? NaN) - exact)).toBeLessThan(0.001);
    }
  });
});

it('finds the threshold between two scores that decides best', () => {
  const images = [
    { score: 9, isAnomalous: true },
    { score: 7, isAnomalous: true },
    { score: 5, isAnomalous: false },
    { score: 3, isAnomalous: true },
    { score: 1, isAnomalous: false },
  ];
  expect(bestF1(images)).toEqual({ f1: 6 / 7, threshold: 2 });
  expect(bestF1([])).toEqual({ f1: 0, threshold: 0 });
});

describe('a map on a frame', () => {
  const map: AnomalyMap = { width: 2, height: 1, values: Float32Array.from([0, 8]) };

  it('is read between the middles of cells, and at the edges as the edge', () => {
    const values = [...pixelValues(map, { ...input, width: 4, height: 1 }, { width: 4, height: 1 })];
    expect(values).toEqual([0, 2, 6, 8]);
  });
});

describe('quality', () => {
  const collect = () => task.quality.collect(spec, input);
  const mask = (anomalous: number) => ({
    ...frame,
    labels: Uint8Array.from({ length: 64 }, (_, i) => (i < anomalous ? 1 : 0)),
  });

  it('ranks images and pixels, and decides at the threshold', () => {
    const [one, other] = [collect(), collect()];
    // The upper half of the map is high, and is what is anomalous.
    expect(
      one.add(outputs(9, [[9], [1]]), frame, { anomalous: true, anomalyMask: mask(32) }),
    ).toBeUndefined();
    expect(one.add(outputs(7, [[2], [2]]), frame, { anomalous: false })).toBeUndefined();
    expect(other.add(outputs(5, [[3], [3]]), frame, { anomalous: true })).toBeUndefined();
    expect(other.add(outputs(1, [[0], [0]]), frame, { anomalous: false })).toBeUndefined();
    one.merge(other);
    const { samples, metric, value, figures } = one.build();
    expect([samples, metric, value]).toEqual([4, 'imageAUROC', 0.75]);
    expect(figures).toMatchObject({ F1: 0.5, bestF1: 0.8, bestF1Threshold: 3, pixelAUROC: 1 });
  });

  it('leaves out what nothing is known of', () => {
    const one = collect();
    expect(one.add(outputs(9), frame, {})).toBe('it is not said whether the image is anomalous');
    expect(one.add(outputs(9), frame, { anomalous: true, anomalyMask: { ...mask(1), width: 4 } })).toBe(
      'the mask is 4 x 8, its image 8 x 8',
    );
    expect(one.build().figures).not.toHaveProperty('pixelAUROC');
  });
});

it('is as far from another output as score and map are', () => {
  const distance = (score: number, value: number) =>
    task.distance(
      spec,
      [outputs(1, [[1, 3]]), outputs(3)],
      [outputs(score, [[1, value]]), outputs(3)],
      input,
    );
  expect(distance(1, 3)).toBe(0);
  expect(distance(2, 3)).toBeGreaterThan(distance(1.5, 3));
  expect(distance(1, 4)).toBeGreaterThan(distance(1, 3.5));
  expect(distance(NaN, 3)).toBe(Infinity);
});
