import type { BundleDocument, DevicePolicy, LatencySketch, Reason, TaskComparison } from '@hamon/contracts';
import { sketchQuantile } from '@hamon/stats';
import { taskOfKind } from '@hamon/tasks';

/** What two versions did on the same frames. */
export interface PairedRun {
  /** Frames on which the shadow ran. */
  readonly frames: number;
  readonly errors: number;
  readonly notFinite: number;
  readonly pairs: number;
  readonly latencyMs: LatencySketch;
  readonly answeringLatencyMs: LatencySketch;
  /** The answering version first; null where the labels differ, and nothing can be compared. */
  readonly comparison: TaskComparison | null;
}

export type Assessment =
  { readonly kind: 'wait' } | { readonly kind: 'pass' } | { readonly kind: 'fail'; readonly reason: Reason };

/** Fewer errors than this are chance, whatever share of a few frames they are. */
const MIN_ERRORS = 3;
/** Standard errors of the bounds by which a breakdown is certain. */
const BREAKDOWN_Z = 2.576;
/** Above the budget and this much slower than the version beside it: not only the machine is busy. */
const SLOWER = 1.5;

/** The candidate beside the current version: may it be activated? */
export function assessShadow(
  run: PairedRun,
  policy: DevicePolicy,
  budgets: BundleDocument['budgets'],
): Assessment {
  if (run.notFinite > 0) {
    return fail('output-not-finite', `${run.notFinite} of ${run.frames} outputs hold NaN or infinity`);
  }
  const { maxErrorRate } = policy.probation;
  if (run.errors >= MIN_ERRORS && run.errors > run.frames * maxErrorRate) {
    return fail('error-rate', `${run.errors} errors on ${run.frames} frames, at most ${maxErrorRate}`);
  }
  const compared = run.comparison ? run.pairs : run.frames - run.errors;
  if (compared < policy.shadow.minFrames) return { kind: 'wait' };
  const slow = overBudget(run.latencyMs, run.answeringLatencyMs, budgets.p95Ms);
  if (slow) return slow;
  return (run.comparison && brokenDown(run.comparison)) ?? { kind: 'pass' };
}

/** The version that answers, with the former one as its shadow: the same comparison the other way round. */
export function assessAgainstFormer(run: PairedRun, budgets: BundleDocument['budgets']): Assessment {
  const slow = overBudget(run.answeringLatencyMs, run.latencyMs, budgets.p95Ms);
  if (slow) return slow;
  const { comparison } = run;
  const turned = comparison && taskOfKind(comparison).comparisons.transpose(comparison);
  return (turned && brokenDown(turned)) ?? { kind: 'pass' };
}

function overBudget(own: LatencySketch, other: LatencySketch, p95BudgetMs: number): Assessment | null {
  const [p95, otherP95] = [sketchQuantile(own, 0.95), sketchQuantile(other, 0.95)];
  if (p95 === undefined || p95 <= p95BudgetMs) return null;
  if (otherP95 !== undefined && p95 <= otherP95 * SLOWER) return null;
  const beside = otherP95 === undefined ? '' : `, ${otherP95.toFixed(1)} ms for the version beside it`;
  return fail('latency-budget', `p95 of ${p95.toFixed(1)} ms, budget ${p95BudgetMs} ms${beside}`);
}

function brokenDown(comparison: TaskComparison): Assessment | null {
  const found = taskOfKind(comparison).breakdown(comparison, BREAKDOWN_Z);
  return found ? fail(found.code, found.detail) : null;
}

const fail = (code: Reason['code'], detail: string): Assessment => ({
  kind: 'fail',
  reason: { code, detail: detail.slice(0, 500) },
});
