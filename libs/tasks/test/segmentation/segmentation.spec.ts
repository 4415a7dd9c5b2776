import { describe, expect, it } from 'vitest';
import { taskNamed, type TensorFacts } from '../../src/index.js';
import { answerOf, inputOf, labelMap, spec, task } from './support.js';

const input = inputOf(4, 4);

describe('what the model states', () => {
  const problem = (shape: TensorFacts['shape'], of = spec) =>
    task.checkOutputs(of, input, [{ name: 'scores', type: 'float32', shape }]);

  it.each([
    [['batch', 3, 4, 4]],
    [[1, 3, 'h', 'w']],
    [[1, 'classes', 4, 4]],
    [[1, 1, 4, 4]],
    [['batch', 4, 4]],
  ])('fits as %j', (shape) => {
    expect(problem(shape)).toBeUndefined();
  });

  it('is refused with both shapes', () => {
    const needed =
      'segmentation needs [1, 3, H, W] scores of output.labels, or a map of labels as [1, H, W] or [1, 1, H, W]';
    expect(problem([1, 5, 4, 4])).toBe(`output "scores" is [1, 5, 4, 4], ${needed}`);
    expect(problem([1, 4, 4, 3])).toBe(
      `output "scores" is [1, 4, 4, 3], ${needed}; the labels must come before H and W`,
    );
    expect(problem([1, 3])).toContain('output "scores" is [1, 3]');
  });

  it('is refused where a map of labels is to have scores', () => {
    expect(problem([1, 1, 4, 4], { ...spec, threshold: 0.5 })).toBe(
      'output.threshold needs scores [1, 3, H, W], output "scores" is [1, 1, 4, 4], a map of labels',
    );
    expect(problem([1, 1, 4, 4], { ...spec, activation: 'sigmoid' })).toContain(
      'output.activation needs scores',
    );
  });
});

describe('a threshold of a rollout', () => {
  it('takes the place of the bundle', () => {
    expect(task.withThreshold(spec, 0.7)).toEqual({ ok: true, value: { ...spec, threshold: 0.7 } });
  });

  it.each([
    [1, spec, 'threshold must lie between 0 and 1, is 1'],
    [{ a: 0.5 }, spec, 'segmentation has one threshold for all labels'],
    [0.5, { ...spec, background: null }, 'threshold needs output.background, which pixels below it become'],
  ])('%j is refused', (threshold, of, error) => {
    expect(task.withThreshold(of, threshold)).toEqual({ ok: false, error });
  });
});

describe('a golden sample', () => {
  const expected = task.golden.expectationOf(answerOf(['1110', '0000']), spec, 'original');

  it('holds for the same answer', () => {
    expect(task.golden.broken(answerOf(['1110', '0000']), expected, spec)).toBeUndefined();
  });

  it('names the label whose share differs, or the pixels that do', () => {
    expect(task.golden.broken(answerOf(['1100', '0000']), expected, spec)).toBe(
      '"none" covers 75.0 %, expected 62.5 % ± 0.5 %',
    );
    expect(task.golden.broken(answerOf(['0111', '0000']), expected, spec)).toBe(
      '25.0 % of the pixels have another label, expected at most 0.5 %',
    );
    expect(task.golden.broken(answerOf(['11', '10', '00', '00']), expected, spec)).toBe(
      'the mask is 2 x 4, expected 4 x 2',
    );
  });

  it('lets pixels come and go within its tolerance', () => {
    const lenient = { ...expected, tolerance: 0.25 };
    expect(task.golden.broken(answerOf(['1100', '0000']), lenient, spec)).toBeUndefined();
  });
});

it('is described by its regions', () => {
  expect(task.describe(answerOf(['1102', '1100']))).toBe('2 regions: a 50.0 %, b 12.5 %');
  expect(task.describe(answerOf(['0000']))).toBe('no regions');
});

describe('quality', () => {
  const truth = (rows: string[]) => ({
    mask: {
      width: rows[0]?.length ?? 0,
      height: rows.length,
      labels: Uint8Array.from(rows.join('').split('').map(Number)),
    },
  });
  const frame = { width: 4, height: 1 };
  const collect = () => task.quality.collect(spec, inputOf(4, 1));

  it('is the IoU by label over all pixels of all images, of labels that occur', () => {
    const [one, other] = [collect(), collect()];
    expect(one.add(labelMap('0011'), frame, truth(['0111']))).toBeUndefined();
    expect(other.add(labelMap('1100'), frame, truth(['1100']))).toBeUndefined();
    one.merge(other);
    const { samples, value, figures } = one.build();
    expect(samples).toBe(2);
    expect(figures).toMatchObject({
      'IoU.none': 3 / 4,
      'IoU.a': 4 / 5,
      mIoUDefects: 4 / 5,
      pixelAccuracy: 7 / 8,
    });
    expect(value).toBeCloseTo((3 / 4 + 4 / 5) / 2, 12);
    expect(figures).not.toHaveProperty('IoU.b');
  });

  it('refuses masks that do not belong to the image', () => {
    expect(collect().add(labelMap('0011'), frame, {})).toBe('no mask is given');
    expect(collect().add(labelMap('0011'), frame, truth(['01']))).toBe('the mask is 2 x 1, its image 4 x 1');
    expect(collect().add(labelMap('0011'), frame, truth(['0193']))).toBe(
      'the mask holds 9, output.labels has 3 labels',
    );
  });
});

describe('the distance between outputs', () => {
  const scores = (...values: number[]) =>
    new Map([['scores', { dims: [1, 3, 1, 1], data: Float32Array.from(values) }]]);
  const softmax = { ...spec, activation: 'softmax' as const };

  it('is 0 for the same, and larger the further they are apart', () => {
    const distance = (other: number[]) =>
      task.distance(softmax, [scores(1, 2, 3)], [scores(...other)], input);
    expect(distance([1, 2, 3])).toBe(0);
    expect(distance([1, 2, 2])).toBeGreaterThan(distance([1, 2, 2.9]));
    // Softmax does not see what is added to all.
    expect(distance([2, 3, 4])).toBeCloseTo(0, 9);
    expect(distance([1, NaN, 3])).toBe(Infinity);
  });

  it('does not write into outputs', () => {
    const original = scores(1, 2, 3);
    task.distance({ ...spec, activation: 'sigmoid' }, [original], [scores(1, 2, 4)], input);
    expect(original).toEqual(scores(1, 2, 3));
  });

  it('of maps of labels is the share of cells that differ', () => {
    expect(task.distance(spec, [labelMap('0012')], [labelMap('0022')], input)).toBe(0.25);
  });
});

it('answers to its name', () => expect(taskNamed('segmentation')).toBe(task));
