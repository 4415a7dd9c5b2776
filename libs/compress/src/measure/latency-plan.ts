import { z } from 'zod';

/** How latencies are taken; keys of a recipe's `measure`. */
export const LatencyPlan = z
  .strictObject({
    /** Blocks of each variant, in turns. */
    rounds: z.int().min(1).max(1000).default(15),
    /** Measured runs in a block. */
    runs: z.int().min(1).max(10_000).default(100),
    /** Unmeasured runs ahead of them, which bring the variant's weights back into the caches. */
    warmupRuns: z.int().min(0).max(10_000).default(100),
    /** For all variants together at one thread setting: a slow model gets fewer runs in a block. */
    budgetSeconds: z.number().gt(0).max(3600).default(40),
    /** Measures with all cores too. */
    allThreads: z.boolean().default(true),
    /** Samples that are taken in turns. */
    samples: z.int().min(1).max(256).default(16),
  })
  .prefault({});
export type LatencyPlan = z.infer<typeof LatencyPlan>;

/** Blocks of at least that many measured runs, however slow the model is. */
const LEAST_RUNS = 3;

/**
 * Runs in a block of one variant, so that all blocks fit the budget: each variant gets the same share of the time.
 * @param runMs of one run of it
 */
export function runsPerBlock(
  plan: LatencyPlan,
  variants: number,
  runMs: number,
): { readonly runs: number; readonly warmupRuns: number } {
  const blockMs = (plan.budgetSeconds * 1000) / plan.rounds / variants;
  const share = blockMs / (runMs * (plan.runs + plan.warmupRuns));
  if (share >= 1) return { runs: plan.runs, warmupRuns: plan.warmupRuns };
  return {
    runs: Math.max(Math.min(LEAST_RUNS, plan.runs), Math.floor(plan.runs * share)),
    warmupRuns: Math.max(Math.min(1, plan.warmupRuns), Math.floor(plan.warmupRuns * share)),
  };
}
