import { currentStage, type Rollout } from './rollout.js';

/** A watch of a few seconds, or of none, still waits this long for evidence before it gives up. */
const MIN_PATIENCE_MS = 60_000;

/** How long a watch may take in all. */
export const patienceMs = ({ spec }: Rollout): number =>
  Math.max(MIN_PATIENCE_MS, spec.watchSeconds * spec.gate.maxWatchFactor * 1000);

/**
 * When the watch of the current stage ends, or, where it was prolonged, ends at the latest; null while nothing is
 * watched, and while the rollout stands still: a resume begins the watch anew.
 */
export function watchEnd(rollout: Rollout): Date | null {
  const { watchingSince, prolonged, state } = currentStage(rollout);
  if (rollout.status.state !== 'running' || state !== 'watching' || watchingSince === null) return null;
  const lengthMs = prolonged ? patienceMs(rollout) : rollout.spec.watchSeconds * 1000;
  return new Date(Date.parse(watchingSince) + lengthMs);
}
