import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type DevicePolicy, type TaskComparison } from '@hamon/contracts';
import { LatencySketchBuilder } from '@hamon/stats';
import { assessProbation, type ProbationRecord } from '../../src/core/assess-probation.js';
import { assessShadow, type PairedRun } from '../../src/core/assess-shadow.js';
import { crashed, isBudgetSpent } from '../../src/core/crash-budget.js';
import { backoffMs } from '../../src/core/backoff.js';
import { watchLeftMs } from '../../src/core/watch.js';

const BUDGETS = { p95Ms: 20, rssMb: 300 };
const POLICY: DevicePolicy = {
  ...DEFAULT_DEVICE_POLICY,
  shadow: { minFrames: 100 },
  probation: { seconds: 10, minFrames: 50, maxErrorRate: 0.05 },
};

const every = (ms: number, count = 100) => {
  const sketch = new LatencySketchBuilder();
  for (let i = 0; i < count; i += 1) sketch.add(ms);
  return sketch.build();
};

const LABELS = ['low', 'high'];
/** `[answering, shadowing, frames]` */
const paired = (cells: [number, number, number][]): TaskComparison => ({
  kind: 'classification/1',
  frames: cells.reduce((sum, [, , frames]) => sum + frames, 0),
  table: { labels: LABELS, cells },
});
const GOOD: PairedRun = {
  frames: 100,
  errors: 0,
  notFinite: 0,
  pairs: 100,
  latencyMs: every(5),
  answeringLatencyMs: every(5),
  comparison: paired([
    [0, 0, 60],
    [0, 1, 5],
    [1, 1, 35],
  ]),
};

const verdict = (run: Partial<PairedRun>): string => {
  const assessment = assessShadow({ ...GOOD, ...run }, POLICY, BUDGETS);
  return assessment.kind === 'fail' ? assessment.reason.code : assessment.kind;
};

describe('assessShadow', () => {
  it.each<[string, Partial<PairedRun>, string]>([
    ['enough good pairs', {}, 'pass'],
    ['too few pairs', { pairs: 99 }, 'wait'],
    ['one output that is not finite', { frames: 3, pairs: 2, notFinite: 1, errors: 1 }, 'output-not-finite'],
    ['many errors early', { frames: 10, pairs: 6, errors: 4 }, 'error-rate'],
    ['two errors of few frames', { frames: 10, pairs: 8, errors: 2 }, 'wait'],
    ['slower than the budget beside a quick one', { latencyMs: every(30) }, 'latency-budget'],
    [
      'slower than the budget on a busy machine',
      { latencyMs: every(30), answeringLatencyMs: every(28) },
      'pass',
    ],
    ['slow within the budget', { latencyMs: every(19) }, 'pass'],
    [
      'always the commonest label',
      {
        comparison: paired([
          [0, 0, 70],
          [1, 0, 30],
        ]),
      },
      'label-collapse',
    ],
    ['other labels than the current one, few frames', { comparison: null, frames: 50, pairs: 0 }, 'wait'],
    ['other labels than the current one', { comparison: null, pairs: 0 }, 'pass'],
  ])('%s', (_, run, expected) => {
    expect(verdict(run)).toBe(expected);
  });
});

describe('assessProbation', () => {
  const record = (part: Partial<ProbationRecord>): string => {
    const whole = { elapsedMs: 11_000, frames: 60, errors: 0, beside: null, ...part };
    const assessment = assessProbation(whole, POLICY, BUDGETS);
    return assessment.kind === 'fail' ? assessment.reason.code : assessment.kind;
  };
  const collapsed: PairedRun = {
    ...GOOD,
    comparison: paired([
      [0, 0, 70],
      [0, 1, 30],
    ]),
  };

  it.each<[string, Partial<ProbationRecord>, string]>([
    ['time and frames without errors', {}, 'pass'],
    ['too early', { elapsedMs: 9_000 }, 'wait'],
    ['too few frames', { frames: 40 }, 'wait'],
    ['errors within the share', { errors: 3 }, 'pass'],
    ['errors beyond the share', { errors: 4 }, 'error-rate'],
    ['errors beyond the share before the end', { elapsedMs: 100, frames: 20, errors: 3 }, 'error-rate'],
    ['one error of the first frames', { elapsedMs: 100, frames: 2, errors: 1 }, 'wait'],
    ['a collapse beside the former version', { elapsedMs: 100, beside: collapsed }, 'label-collapse'],
    [
      'slower than the former version',
      { beside: { ...GOOD, answeringLatencyMs: every(40) } },
      'latency-budget',
    ],
    ['too few pairs to compare', { beside: { ...collapsed, pairs: 10 } }, 'pass'],
  ])('%s', (_, part, expected) => {
    expect(record(part)).toBe(expected);
  });

  it('passes at once where the policy asks for nothing', () => {
    const none = { ...POLICY, probation: { seconds: 0, minFrames: 0, maxErrorRate: 0.05 } };
    const nothing = { elapsedMs: 0, frames: 0, errors: 0, beside: null };
    expect(assessProbation(nothing, none, BUDGETS).kind).toBe('pass');
  });
});

describe('crashes', () => {
  it('spend the budget at the fifth within ten minutes, not over an hour', () => {
    const within = (gapMs: number): boolean => {
      let [crashes, now] = [[] as readonly number[], 0];
      for (let i = 0; i < 5; i += 1) crashes = crashed(crashes, (now = i * gapMs));
      return isBudgetSpent(crashes, now);
    };
    expect(within(60_000)).toBe(true);
    expect(within(600_000)).toBe(false);
  });
});

describe('waits', () => {
  it('double up to their limit, jittered over the upper half', () => {
    const options = { firstMs: 100, maxMs: 1000 };
    expect([0, 1, 2, 3, 9, 99].map((attempt) => backoffMs(attempt, options, 0))).toEqual([
      50, 100, 200, 400, 500, 500,
    ]);
    expect(backoffMs(1, options, 0.999)).toBeLessThan(200);
  });
  it('are no longer than meant where the clock jumps', () => {
    const watch = { since: '2026-01-01T00:00:00.000Z', seconds: 60 };
    expect(watchLeftMs(watch, new Date('2026-01-01T00:00:20.000Z'))).toBe(40_000);
    expect(watchLeftMs(watch, new Date('2030-01-01'))).toBe(0);
    expect(watchLeftMs(watch, new Date(0))).toBe(60_000);
    expect(watchLeftMs(null, new Date())).toBe(0);
  });
});
