import {
  isProgress,
  isTerminal,
  type DeploymentState,
  type ModelReport,
  type Reason,
} from '@hamon/contracts';
import type { FollowedDeployment } from './deployment.store.js';

export interface Progress {
  readonly state: DeploymentState;
  readonly reason: Reason | null;
}

/**
 * How far a deployment is, by its device's report on the model; undefined where the report says nothing new about it. Forward only: a
 * retained report that is delivered again, or late, takes nothing back.
 *
 * The device may hold a later manifest of the same bundle (a renewal), so its sequence is "at least" ours; it cannot report
 * on a manifest that it does not hold. Where it already runs the bundle, accepting the manifest is all there is to do.
 * After its commitment a version can only be given up.
 */
export function progressOf(
  deployment: Pick<FollowedDeployment, 'bundle' | 'sequence' | 'state'>,
  reported: Pick<ModelReport, 'deployment' | 'slots' | 'highestSequence'>,
): Progress | undefined {
  const { bundle, sequence, state } = deployment;
  const own = reported.deployment;
  if (own && own.version.bundle === bundle && own.version.sequence >= sequence) {
    if (own.version.sequence > (reported.highestSequence ?? 0)) return undefined;
    return isProgress(state, own.state) ? { state: own.state, reason: own.reason } : undefined;
  }
  const accepted = (reported.highestSequence ?? 0) >= sequence;
  const runs = reported.slots.current?.bundle === bundle;
  return accepted && runs && !isTerminal(state) && !isUnderWay(own)
    ? { state: 'committed', reason: null }
    : undefined;
}

/** Active without commitment: what runs is on probation and may still go back. */
const isUnderWay = (own: ModelReport['deployment']): boolean => own?.state === 'active';
