import { describe, expect, it } from 'vitest';
import { taskNamed, type TensorFacts } from '../../src/index.js';
import { answerOf, frame, outputs, spec, task } from './support.js';

const input = {} as never;
const single = { ...spec, values: spec.values.slice(0, 1) };

describe('what the model states', () => {
  const problem = (shape: TensorFacts['shape'], of = spec) =>
    task.checkOutputs(of, input, [{ name: 'y', type: 'float32', shape }]);

  it('fits with one number per value', () => {
    expect(problem(['batch', 2])).toBeUndefined();
    expect(problem([1, 1, 2])).toBeUndefined();
    expect(problem([1], single)).toBeUndefined();
    expect(problem([], single)).toBeUndefined();
  });

  it('is refused with both widths', () => {
    expect(problem([1, 3])).toBe('output "y" is [1, 3], output.values names 2, as [1, 2]');
    expect(problem([], spec)).toContain('output.values names 2');
    expect(problem([2, 2])).toContain('output "y" is [2, 2]');
  });
});

describe('an answer', () => {
  const decode = task.decoder(spec, input);

  it('is in units, and told as it is beyond the limits', () => {
    expect(decode(outputs(3, -4), frame)).toEqual({ ok: true, value: { values: { gap: 7, angle: -4 } } });
    expect(decode(outputs(50, 0), frame)).toMatchObject({ value: { values: { gap: 101 } } });
  });

  it('is none where a value is NaN, missing, or too large to count', () => {
    expect(decode(outputs(NaN, 1), frame)).toMatchObject({ error: { code: 'output-not-finite' } });
    expect(decode(outputs(1), frame)).toEqual({
      ok: false,
      error: { code: 'labels-mismatch', detail: 'output "y" gave 1 values, output.values names 2' },
    });
    const stretched = task.decoder(
      { ...single, values: single.values.map((value) => ({ ...value, scale: 1e99 })) },
      input,
    );
    expect(stretched(outputs(1000), frame)).toMatchObject({
      error: { detail: expect.stringContaining('"gap" is 1e+102 after scale and offset') },
    });
  });

  it('is told in a line, and has no confidence', () => {
    expect(task.describe(answerOf(7.12345, -4))).toBe('gap 7.123, angle -4');
    expect(task.confidence(answerOf(7))).toBeNull();
  });
});

it('is comparable by names and units', () => expect(task.labels(spec)).toEqual(['gap [mm]', 'angle']));

it('refuses a threshold', () =>
  expect(task.withThreshold(spec, 0.5)).toEqual({
    ok: false,
    error: 'regression has no threshold: its values are told as they are',
  }));

describe('a golden sample', () => {
  const expected = task.golden.expectationOf(answerOf(7, 40), spec, 'original');

  it('has a tolerance of each value’s own size', () => {
    expect(expected).toEqual({ values: { gap: 7, angle: 40 }, tolerance: { gap: 0.1, angle: 0.2 } });
    expect(task.golden.expectationOf({ values: { gap: 7 } }, single, 'other')).toEqual({
      values: { gap: 7 },
      tolerance: 0.4,
    });
  });

  it('holds within it, and names the value that differs', () => {
    expect(task.golden.broken(answerOf(7.09, 39.9), expected, spec)).toBeUndefined();
    expect(task.golden.broken(answerOf(7.2, 40), expected, spec)).toBe('"gap" is 7.2, expected 7 ± 0.1 mm');
    expect(task.golden.broken(answerOf(7, 41), { ...expected, tolerance: 0.5 }, spec)).toBe(
      '"angle" is 41, expected 40 ± 0.5',
    );
    expect(task.golden.broken(answerOf(NaN, 40), expected, spec)).toContain('"gap" is NaN');
  });
});

describe('quality', () => {
  const collect = () => task.quality.collect(spec, input);
  const truth = (gap: number, angle: number) => ({ values: { gap, angle } });

  it('is error and explained variance, of each value and on average', () => {
    const [one, other] = [collect(), collect()];
    // Gaps 1, 3 and 5 where 1, 3 and 8 are right; angles all right.
    expect(one.add(outputs(0, 1), frame, truth(1, 1))).toBeUndefined();
    expect(other.add(outputs(1, 2), frame, truth(3, 2))).toBeUndefined();
    expect(other.add(outputs(2, 3), frame, truth(8, 3))).toBeUndefined();
    one.merge(other);
    const { samples, metric, value, figures } = one.build();
    expect([samples, metric]).toEqual([3, 'R2']);
    expect(figures['MAE.gap']).toBeCloseTo(1, 9);
    expect(figures['RMSE.gap']).toBeCloseTo(Math.sqrt(3), 9);
    expect(figures['R2.gap']).toBeCloseTo(1 - 9 / 26, 9);
    expect(figures['R2.angle']).toBe(1);
    expect(value).toBeCloseTo(1 - 9 / 52, 9);
  });

  it('needs each value', () => {
    expect(collect().add(outputs(0, 1), frame, {})).toBe('no values are given');
    expect(collect().add(outputs(0, 1), frame, { values: { gap: 1 } })).toBe('no "angle" is given');
    expect(collect().add(outputs(NaN, 1), frame, truth(1, 1))).toContain('NaN');
  });
});

it('is as far from another output as each value is beside its own spread', () => {
  const original = [outputs(1, 100), outputs(2, 200), outputs(3, 300)];
  const distance = (first: number, second: number) =>
    task.distance(spec, original, [outputs(first, second), outputs(2, 200), outputs(3, 300)], input);
  expect(distance(1, 100)).toBe(0);
  expect(distance(1.5, 100)).toBeCloseTo(distance(1, 150), 9);
  expect(distance(2, 100)).toBeGreaterThan(distance(1.5, 100));
  expect(distance(NaN, 100)).toBe(Infinity);
});

it('answers to its name', () => expect(taskNamed('regression')).toBe(task));
