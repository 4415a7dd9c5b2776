import { currentStage, type Rollout, type RolloutSpec } from './rollout.js';

/** A watch of a few seconds, or of none, still waits this long for evidence before it gives up. */
const LEAST_PATIENCE_SECONDS = 60;
/** Devices reach the end of their probation this much later, where frames are rare or the report is late. */
const PROBATION_MARGIN_SECONDS = 60;

/** How long a watch may take in all, in seconds: for want of evidence, or until devices have committed. */
export const watchPatienceSeconds = ({
  watchSeconds,
  gate,
  probationSeconds = 0,
}: Pick<RolloutSpec, 'watchSeconds' | 'probationSeconds'> & {
  readonly gate: Pick<RolloutSpec['gate'], 'maxWatchFactor'>;
}): number =>
  Math.max(
    LEAST_PATIENCE_SECONDS,
    watchSeconds * gate.maxWatchFactor,
    probationSeconds === 0 ? 0 : probationSeconds + PROBATION_MARGIN_SECONDS,
  );

export const patienceMs = ({ spec }: Rollout): number => watchPatienceSeconds(spec) * 1000;

/** A stage of which too few devices can be reached pauses the rollout after so many deployment time-outs. */
const UNREACHABLE_FACTOR = 3;

export const unreachableMs = ({ spec }: Rollout): number =>
  UNREACHABLE_FACTOR * spec.gate.deploymentTimeoutSeconds * 1000;

/**
 * When the watch of the current stage ends, or, where it was prolonged, ends at the latest; null while nothing is
 * watched, and while the rollout stands still: a resume begins the watch anew.
 */
export function watchEnd(rollout: Rollout): Date | null {
  const { watchingSince, unreachableSince, prolonged, state } = currentStage(rollout);
  if (rollout.status.state !== 'running' || state !== 'watching' || watchingSince === null) return null;
  const endMs =
    Date.parse(watchingSince) + (prolonged ? patienceMs(rollout) : rollout.spec.watchSeconds * 1000);
  const awayMs = unreachableSince ? Date.parse(unreachableSince) + unreachableMs(rollout) : 0;
  return new Date(prolonged ? Math.max(endMs, awayMs) : endMs);
}
