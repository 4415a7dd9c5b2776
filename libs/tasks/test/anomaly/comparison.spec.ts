import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatePolicy, TaskComparison, TaskSummary, type AnomalyComparison } from '@hamon/contracts';
import { seededRandom } from '@hamon/stats';
import { answerOf, frame, spec, task } from './support.js';

const { comparisons } = task;
const policy = GatePolicy.parse({});

const of = (pairs: readonly (readonly [number, number])[]): AnomalyComparison => {
  const collector = comparisons.collect(spec);
  for (const [first, second] of pairs) collector.add(answerOf(first), answerOf(second));
  return collector.build();
};
const score = fc.double({ min: 0, max: 1, noNaN: true });
const pairs = fc.array(fc.tuple(score, score), { maxLength: 30 });

describe('comparisons', () => {
  it('are what the wire takes, and merge in any order', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, (a, b, c) => {
        const { merge, empty } = comparisons;
        const whole = of([...a, ...b, ...c]);
        expect(TaskComparison.parse(whole)).toEqual(whole);
        expect(comparisons.fault(whole)).toBeUndefined();
        expect(merge(merge(of(a), of(b)), of(c))).toEqual(whole);
        expect(merge(of(a), merge(of(c), of(b)))).toEqual(whole);
        expect(merge(whole, empty())).toEqual(whole);
        expect(comparisons.transpose(comparisons.transpose(whole))).toEqual(whole);
      }),
    );
  });

  it('of the same answers agree fully where they vary', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 4, maxLength: 30 }), (scores) => {
        const agreement = comparisons.agreement(of(scores.map((one) => [one, one])));
        if (agreement !== null) expect(agreement).toBeCloseTo(1, 9);
      }),
    );
  });

  it('that count more than their frames are refused', () => {
    const one = of([[0.1, 0.9]]);
    expect(comparisons.fault({ ...one, frames: 0 })).toBe('1 paired frames of 0 that both answered');
    expect(comparisons.fault({ ...one, scores: [[1, 20, 1]] })).toContain('bins');
  });
});

describe('the gate', () => {
  const random = seededRandom(2);
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  /** Scores of one part, seen by two versions with noise of their own. */
  const seen = (frames: number, middle: number, noise: number): [number, number][] =>
    Array.from({ length: frames }, () => {
      const truth = middle + 0.12 * random.normal();
      return [clamp(truth + noise * random.normal()), clamp(truth + noise * random.normal())];
    });
  const shuffled = (given: [number, number][]): [number, number][] => {
    const others = random.shuffled(given);
    return given.map(([first], i): [number, number] => [first, others[i]?.[1] ?? 0]);
  };
  const mixed = [...seen(300, 0.25, 0.04), ...seen(100, 0.75, 0.04)];
  const normal = seen(400, 0.2, 0.04);
  const always = (given: [number, number][], value: number) =>
    given.map(([first]): [number, number] => [first, value]);

  it.each([
    ['passes what decides the same', mixed, 'pass', 'pass'],
    ['passes what ranks the same where nothing is anomalous', normal, 'pass', 'pass'],
    ['fails what decides at random', shuffled(mixed), 'pass', 'fail'],
    ['fails what ranks at random where nothing is anomalous', shuffled(normal), 'pass', 'fail'],
    ['fails what calls all anomalous', always(mixed, 1), 'fail', 'fail'],
    ['fails what calls all anomalous where nothing is', always(normal, 1), 'fail', 'inconclusive'],
    ['fails what calls nothing anomalous', always(mixed, 0.1), 'fail', 'fail'],
    ['cannot tell by one score where nothing is anomalous', always(normal, 0.1), 'pass', 'inconclusive'],
    ['waits for frames', mixed.slice(0, 30), 'pass', 'inconclusive'],
  ])('%s', (_what, given, collapse, agreement) => {
    const verdicts = task.checks.map((check) => [check.name, check.judge(of(given), policy).verdict]);
    expect(verdicts).toEqual([
      ['collapse', collapse],
      ['agreement', agreement],
    ]);
  });

  it('says in which measure', () => {
    const detail = (given: [number, number][]) => task.checks[1]?.judge(of(given), policy).detail;
    expect(detail(shuffled(mixed))).toMatch(/^kappa of decisions .* on 400 frames: below 0.3 they do/);
    expect(detail(normal)).toMatch(/^rank correlation of scores 0\.\d+ \(/);
  });

  it('lets a device go back for one decision whatever is seen', () => {
    expect(task.breakdown(of(always(mixed, 1)), 3)).toMatchObject({
      code: 'answer-collapse',
      detail: expect.stringMatching(/^it calls \d+ of \d+ frames "anomalous"/),
    });
    expect(task.breakdown(of(always(mixed, 0.1)), 3)).toBeDefined();
    expect(task.breakdown(of(mixed), 3)).toBeUndefined();
    expect(task.breakdown(of(shuffled(mixed)), 3)).toBeUndefined();
  });

  it('lets no device go back from a version without rare false alarms', () => {
    const alarms: [number, number][] = [...normal, ...Array<[number, number]>(40).fill([0.6, 0.3])];
    expect(task.breakdown(of(alarms), 3)).toBeUndefined();
    expect(task.checks[0]?.judge(of(alarms), policy).verdict).toBe('inconclusive');
  });
});

describe('summaries', () => {
  const summaryOf = (scores: readonly number[]) => {
    const summary = task.summaries.collect(spec);
    for (const one of scores) summary.add(answerOf(one), frame);
    return summary.build();
  };

  it('count decisions and scores, and merge to those of all answers', () => {
    fc.assert(
      fc.property(fc.array(score), fc.array(score), (a, b) => {
        const whole = summaryOf([...a, ...b]);
        expect(TaskSummary.parse(whole)).toEqual(whole);
        expect(task.summaries.merge(summaryOf(a), summaryOf(b))).toEqual(whole);
        expect(whole.scores.slice(10).reduce((sum, n) => sum + n, 0)).toBe(whole.anomalous);
      }),
    );
  });
});
