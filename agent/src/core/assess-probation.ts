import type { BundleDocument, DevicePolicy } from '@hamon/contracts';
import { assessAgainstFormer, type Assessment, type PairedRun } from './assess-shadow.js';

export interface ProbationRecord {
  readonly elapsedMs: number;
  /** Frames that the new version was asked for, and those it failed. */
  readonly frames: number;
  readonly errors: number;
  /** Beside the former version, where that is loaded as shadow. */
  readonly beside: PairedRun | null;
}

/** From so many frames on an error rate is judged before the probation's end. */
const EARLY_FRAMES = 20;
/** Pairs that a comparison with the former version needs. */
const MIN_PAIRS = 40;

/** May the active version stay? A crash does not wait for this: it ends the probation at once. */
export function assessProbation(
  { elapsedMs, frames, errors, beside }: ProbationRecord,
  { probation }: DevicePolicy,
  budgets: BundleDocument['budgets'],
): Assessment {
  const isOver = elapsedMs >= probation.seconds * 1000 && frames >= probation.minFrames;
  const tooMany = errors > frames * probation.maxErrorRate;
  if (tooMany && (isOver || (frames >= EARLY_FRAMES && errors > 2))) {
    const detail = `${errors} errors on ${frames} frames, at most a share of ${probation.maxErrorRate}`;
    return { kind: 'fail', reason: { code: 'error-rate', detail } };
  }
  if (beside && beside.pairs >= MIN_PAIRS) {
    const compared = assessAgainstFormer(beside, budgets);
    if (compared.kind === 'fail') return compared;
  }
  return isOver ? { kind: 'pass' } : { kind: 'wait' };
}
