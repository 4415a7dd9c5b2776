import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatePolicy, TaskComparison, TaskSummary, type RegressionComparison } from '@hamon/contracts';
import { seededRandom } from '@hamon/stats';
import { answerOf, frame, spec, task } from './support.js';

const { comparisons } = task;
const policy = GatePolicy.parse({});
const random = seededRandom(4);

const single = { ...spec, values: spec.values.slice(0, 1) };
const unlimited = { ...spec, values: spec.values.slice(1) };

type Pairs = readonly (readonly [number, number])[];

const of = (pairs: Pairs, given = spec): RegressionComparison => {
  const collector = comparisons.collect(given);
  for (const [first, second] of pairs) collector.add(answerOf(first, first), answerOf(second, second));
  return collector.build();
};
const number = fc.double({ min: -100, max: 100, noNaN: true });
const pairs = fc.array(fc.tuple(number, number), { maxLength: 20 });

/** But for what the order of adding leaves behind. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, n) => (typeof n === 'number' ? Number(n.toFixed(6)) + 0 : n)));

describe('comparisons', () => {
  it('are what the wire takes, and merge in any order', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, (a, b, c) => {
        const { merge, empty } = comparisons;
        const whole = of([...a, ...b, ...c]);
        expect(TaskComparison.parse(whole)).toEqual(whole);
        expect(comparisons.fault(whole)).toBeUndefined();
        expect(rounded(merge(merge(of(a), of(b)), of(c)))).toEqual(rounded(whole));
        expect(rounded(merge(of(a), merge(of(b), of(c))))).toEqual(rounded(whole));
        expect(rounded(merge(of(b), of(a)))).toEqual(rounded(merge(of(a), of(b))));
        expect(merge(whole, empty())).toEqual(whole);
        expect(comparisons.transpose(comparisons.transpose(whole))).toEqual(whole);
      }),
    );
  });

  it('of the same answers agree fully where they vary', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 30 }), (values) => {
        const agreement = comparisons.agreement(of(values.map((value) => [value, value])));
        if (agreement !== null) expect(agreement).toBeCloseTo(1, 9);
      }),
    );
  });

  it('agree as much as the worst value', () => {
    const collector = comparisons.collect(spec);
    for (let i = 0; i < 50; i += 1) collector.add(answerOf(i, i), answerOf(i, -i));
    expect(comparisons.agreement(collector.build())).toBeLessThan(0);
  });

  it('with sums that no values have are refused', () => {
    const one = of([[1, 2], [2, 5], [3, 3]]); // prettier-ignore
    const [gap] = one.values;
    if (!gap) throw new Error('no value');
    expect(comparisons.fault({ ...one, values: [{ ...gap, products: 99 }] })).toBe(
      'the sums of "gap" contradict each other',
    );
    expect(comparisons.fault({ ...one, values: [gap, gap] })).toBe('"gap" is compared twice');
    for (const change of [{ meanFirst: 1e200 }, { squaresSecond: 1e300 }, { range: 1e300 }, { range: 0 }]) {
      expect(comparisons.fault({ ...one, values: [{ ...gap, ...change }] })).toBeDefined();
    }
    expect(comparisons.fault({ ...one, values: [{ ...gap, count: 4 }] })).toBeDefined();
  });
});

describe('the gate', () => {
  /** Values about a middle, measured by two versions with errors of their own. */
  const measured = (frames: number, spread: number, error: number, change = (x: number) => x) =>
    Array.from({ length: frames }, (): [number, number] => {
      const truth = 10 + spread * random.normal();
      return [truth + error * random.normal(), change(truth + error * random.normal())];
    });
  const varying = measured(300, 4, 1);
  const steady = measured(300, 0, 0.2);

  it.each([
    ['passes what measures the same', of(varying), 'pass', 'pass'],
    ['fails what measures something else', of(measured(300, 4, 1, (x) => 20 - x)), 'pass', 'fail'],
    ['fails what is stretched and shifted', of(measured(300, 4, 1, (x) => 3 * x + 8)), 'pass', 'fail'],
    [
      'fails what tells one value',
      of(varying.map(([first]): [number, number] => [first, 10])),
      'fail',
      'fail',
    ],
    ['cannot tell where hardly anything varies', of(steady), 'inconclusive', 'inconclusive'],
    [
      'cannot tell either without limits, where the mean is the scale',
      of(steady, unlimited),
      'inconclusive',
      'inconclusive',
    ],
    [
      'fails a large bias all the same',
      of(
        steady.map(([first, second]): [number, number] => [first, second + 6]),
        single,
      ),
      'inconclusive',
      'fail',
    ],
    ['passes what agrees although it hardly varies', of(measured(300, 0.5, 0.05)), 'inconclusive', 'pass'],
    ['waits for frames', of(varying.slice(0, 30)), 'pass', 'inconclusive'],
  ] as const)('%s', (_what, given, collapse, agreement) => {
    const verdicts = task.checks.map((check) => [check.name, check.judge(given, policy).verdict]);
    expect(verdicts).toEqual([
      ['collapse', collapse],
      ['agreement', agreement],
    ]);
  });

  it('says which value, and by how much it is off', () => {
    const biased = of(
      varying.map(([first, second]): [number, number] => [first, second + 12]),
      single,
    );
    expect(task.checks[1]?.judge(biased, policy).detail).toMatch(
      /^concordance of "gap" 0\.\d+ \(.*\) on 300 frames, bias \+1[12]\.?\d*: below 0\.6 they do different jobs$/,
    );
  });

  it('lets a device go back for one value whatever is seen, where the former one’s vary', () => {
    const constant = varying.map(([first]): [number, number] => [first, 10]);
    expect(task.breakdown(of(constant), 3)).toEqual({
      code: 'answer-collapse',
      detail: 'it tells about one "gap" on 300 frames on which the former version\'s values vary',
    });
    expect(task.breakdown(of(constant.slice(0, 10)), 3)).toBeUndefined();
    expect(task.breakdown(of(varying), 3)).toBeUndefined();
    expect(task.breakdown(of(steady.map(([first]): [number, number] => [first, 10])), 3)).toBeUndefined();
  });
});

describe('summaries', () => {
  const summaryOf = (values: readonly number[]) => {
    const summary = task.summaries.collect(spec);
    for (const value of values) summary.add(answerOf(value, value), frame);
    return summary.build();
  };

  it('count what is beyond the limits, and bin what is between both', () => {
    const summary = summaryOf([-1, 0.5, 19.5, 20, 25]);
    expect(summary.values[0]).toMatchObject({ count: 5, minimum: -1, maximum: 25, below: 1, above: 1 });
    expect(summary.values[0]?.bins?.[0]).toBe(2);
    expect(summary.values[0]?.bins?.[19]).toBe(3);
    expect(summary.values[1]).not.toHaveProperty('bins');
    expect(summary.values[1]).toMatchObject({ mean: 12.8, below: 0, above: 0 });
  });

  it('merge to those of all answers', () => {
    fc.assert(
      fc.property(fc.array(number), fc.array(number), (a, b) => {
        const whole = summaryOf([...a, ...b]);
        expect(TaskSummary.parse(whole)).toEqual(whole);
        expect(rounded(task.summaries.merge(summaryOf(a), summaryOf(b)))).toEqual(rounded(whole));
      }),
    );
  });
});
