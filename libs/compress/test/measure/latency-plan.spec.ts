import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { LatencyPlan, runsPerBlock } from '../../src/measure/latency-plan.js';

describe('runs in a block', () => {
  const plan = LatencyPlan.parse({});

  it('are all that were asked for where they fit the budget', () => {
    expect(runsPerBlock(plan, 5, 0.5)).toEqual({ runs: 100, warmupRuns: 100 });
  });

  it('are fewer for slow models, so that all blocks fit, but never none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        (variants, runMs) => {
          const { runs, warmupRuns } = runsPerBlock(plan, variants, runMs);
          const spentMs = (runs + warmupRuns) * runMs * plan.rounds * variants;
          expect(runs).toBeGreaterThanOrEqual(3);
          expect(warmupRuns).toBeGreaterThanOrEqual(1);
          expect(spentMs <= plan.budgetSeconds * 1000 || runs === 3).toBe(true);
        },
      ),
    );
  });
});
