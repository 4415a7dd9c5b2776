import type { BundleDocument, DevicePolicy, Reason } from '@hamon/contracts';
import { collapseOf, isCollapsed, sketchQuantile, transposeTable } from '@hamon/stats';
import type { ContingencyTable, LatencySketch } from '@hamon/contracts';

/** What two versions did on the same frames. */
export interface PairedRun {
  /** Frames on which the shadow ran. */
  readonly frames: number;
  readonly errors: number;
  readonly notFinite: number;
  readonly pairs: number;
  readonly latencyMs: LatencySketch;
  readonly answeringLatencyMs: LatencySketch;
  /** `[answering, shadowing, frames]`; null where the labels differ, and nothing can be compared. */
  readonly table: ContingencyTable | null;
}

export type Assessment =
  { readonly kind: 'wait' } | { readonly kind: 'pass' } | { readonly kind: 'fail'; readonly reason: Reason };

/** Fewer errors than this are chance, whatever share of a few frames they are. */
const MIN_ERRORS = 3;
/** Standard errors of the collapse's lower bound. */
const COLLAPSE_Z = 2.576;
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
  const compared = run.table ? run.pairs : run.frames - run.errors;
  if (compared < policy.shadow.minFrames) return { kind: 'wait' };
  const slow = overBudget(run.latencyMs, run.answeringLatencyMs, budgets.p95Ms);
  if (slow) return slow;
  return (run.table && collapsed(run.table)) ?? { kind: 'pass' };
}

/** The version that answers, with the former one as its shadow: the same comparison the other way round. */
export function assessAgainstFormer(run: PairedRun, budgets: BundleDocument['budgets']): Assessment {
  const slow = overBudget(run.answeringLatencyMs, run.latencyMs, budgets.p95Ms);
  return slow ?? (run.table && collapsed(transposeTable(run.table))) ?? { kind: 'pass' };
}

function overBudget(own: LatencySketch, other: LatencySketch, p95BudgetMs: number): Assessment | null {
  const [p95, otherP95] = [sketchQuantile(own, 0.95), sketchQuantile(other, 0.95)];
  if (p95 === undefined || p95 <= p95BudgetMs) return null;
  if (otherP95 !== undefined && p95 <= otherP95 * SLOWER) return null;
  const beside = otherP95 === undefined ? '' : `, ${otherP95.toFixed(1)} ms for the version beside it`;
  return fail('latency-budget', `p95 of ${p95.toFixed(1)} ms, budget ${p95BudgetMs} ms${beside}`);
}

function collapsed(table: ContingencyTable): Assessment | null {
  const collapse = collapseOf(table, COLLAPSE_Z);
  if (!collapse || !isCollapsed(collapse)) return null;
  const { label, swallowed, others } = collapse;
  return fail(
    'label-collapse',
    `it says "${label}" on ${swallowed} of ${others} frames to which the former version gives other labels`,
  );
}

const fail = (code: Reason['code'], detail: string): Assessment => ({
  kind: 'fail',
  reason: { code, detail: detail.slice(0, 500) },
});
