import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '@hamon/testing';
import { CpuBudget } from '../../src/core/cpu-budget.js';

interface Played {
  readonly usedSeconds: number;
  readonly frames: readonly number[];
}

interface Play {
  readonly cores: number;
  /** Seconds of processor time of one frame of each stream. */
  readonly costs: readonly number[];
  /** What the agent does beside frames, in cores' worth. */
  readonly overhead: number;
  readonly seconds: number;
}

const STEP_MS = 5;
const LOOK_MS = 250;

/** Streams that always have a frame, one under way in each, on a machine with a core for each of them. */
function play({ cores, costs, overhead, seconds }: Play): Played {
  const budget = new CpuBudget(cores, 0);
  const busyUntil = costs.map(() => 0);
  const frames = costs.map(() => 0);
  const waiting = costs.map((_, i) => i);
  let used = 0;
  for (let now = 0; now < seconds * 1000; now += STEP_MS) {
    used += (overhead * STEP_MS) / 1000;
    costs.forEach((_, i) => {
      if ((busyUntil[i] ?? 0) > now) used += STEP_MS / 1000;
      else if (!waiting.includes(i)) waiting.push(i);
    });
    if (now % LOOK_MS === 0) budget.measure(used, now);
    while (waiting.length > 0 && budget.waitMs(now) === 0) {
      const stream = waiting.shift() ?? 0;
      budget.charge(now);
      busyUntil[stream] = now + (costs[stream] ?? 0) * 1000;
      frames[stream] = (frames[stream] ?? 0) + 1;
    }
  }
  return { usedSeconds: used, frames };
}

const cost = fc.double({ min: 0.01, max: 0.4, noNaN: true });

describe('CpuBudget', () => {
  it('is kept over time, whatever frames cost', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 4, noNaN: true }),
        fc.array(cost, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 0.7, noNaN: true }),
        (cores, costs, part) => {
          const seconds = 60;
          const { usedSeconds } = play({ cores, costs, seconds, overhead: cores * part });
          // One second's worth may be saved up, and the first frames are let in before anything was measured.
          const round = costs.reduce((sum, one) => sum + one, 0);
          expect(usedSeconds).toBeLessThanOrEqual(cores * (seconds + 1) + round);
        },
      ),
      // Dear frames right after many cheap ones, on a small budget: each time more is owed than was foreseen.
      { examples: [[0.204, [0.345, 0.395, 0.01], 0]], numRuns: runs(100, 5000) },
    );
  });

  it('is used up where there is enough to do', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 2, noNaN: true }),
        fc.array(cost, { minLength: 3, maxLength: 6 }),
        (cores, costs) => {
          const { usedSeconds } = play({ cores, costs, seconds: 60, overhead: 0 });
          expect(usedSeconds).toBeGreaterThan(0.85 * cores * 60);
        },
      ),
    );
  });

  it('leaves no stream out: each has a frame in every round', () => {
    fc.assert(
      fc.property(fc.array(cost, { minLength: 2, maxLength: 6 }), (costs) => {
        const cores = 0.5;
        const { frames } = play({ cores, costs, seconds: 60, overhead: 0 });
        const roundSeconds = costs.reduce((sum, one) => sum + one, 0) / cores + Math.max(...costs);
        expect(Math.min(...frames)).toBeGreaterThanOrEqual(Math.floor(60 / (1.5 * roundSeconds)) - 1);
      }),
    );
  });

  it('lets every frame in where the machine does little', () => {
    const budget = new CpuBudget(1, 0);
    for (let now = 0; now < 10_000; now += 100) {
      budget.measure((now / 1000) * 0.2, now);
      expect(budget.waitMs(now)).toBe(0);
      budget.charge(now);
    }
  });

  it('forgets soon what it could not prevent', () => {
    const budget = new CpuBudget(0.5, 0);
    budget.measure(0, 0);
    // Ten seconds of four busy cores, by frames that were asked for.
    for (let now = 250; now <= 10_000; now += 250) budget.measure((now / 1000) * 4, now);
    expect(budget.waitMs(10_000)).toBeGreaterThan(0);
    expect(budget.waitMs(10_000)).toBeLessThanOrEqual(10_000);
  });
});
