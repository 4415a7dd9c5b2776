import type { BenchmarkPlan } from '@hamon/contracts';

/** Blocks of at least that many measured runs, however slow the model is. */
const LEAST_RUNS = 3;

/**
 * Runs in a block of one variant, so that all blocks fit the budget: each variant gets the same share of the time.
 *
 * @param runMs of one run of it
 */
export function runsPerBlock(
  plan: Pick<BenchmarkPlan, 'rounds' | 'runs' | 'warmupRuns' | 'budgetSeconds'>,
  variants: number,
  runMs: number,
): { readonly runs: number; readonly warmupRuns: number } {
  const blockMs = (plan.budgetSeconds * 1000) / plan.rounds / variants;
  const share = blockMs / (runMs * (plan.runs + plan.warmupRuns));
  if (!(share < 1)) return { runs: plan.runs, warmupRuns: plan.warmupRuns };
  return {
    runs: Math.max(Math.min(LEAST_RUNS, plan.runs), Math.floor(plan.runs * share)),
    warmupRuns: Math.max(Math.min(1, plan.warmupRuns), Math.floor(plan.warmupRuns * share)),
  };
}
