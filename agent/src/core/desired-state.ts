import type { Accepted, DeviceState, Target } from './device-state.js';

/** What the newest accepted manifest asks for; null where there has been none, or it must not be tried again. */
export interface DesiredState {
  readonly target: Target | null;
}

export const desiredBy = (accepted: Accepted | null): DesiredState => ({
  target: accepted && !accepted.abandoned ? accepted.target : null,
});

/**
 * What is wanted and no deployment has taken up yet. A sequence is what tells one wish from another: the same bundle under a
 * later one has to be taken up too, and a device enrolled anew may be given a lower one than it knew.
 */
export function newerWish(
  { deployment }: Pick<DeviceState, 'deployment'>,
  { target }: DesiredState,
): Target | null {
  return target && target.version.sequence !== deployment?.target.version.sequence ? target : null;
}
