import type { Accepted, ModelState, Target } from './model-state.js';

/** What the newest accepted manifest asks for; null where there has been none, or it must not be tried again. */
export interface DesiredState {
  readonly target: Target | null;
}

export const desiredBy = (accepted: Accepted | null): DesiredState => ({
  target: accepted && !accepted.abandoned ? accepted.target : null,
});

/**
 * What is wanted and not taken up by a deployment yet. Wishes are told apart by their sequence: the same bundle under a
 * later one has to be taken up too, and a device that is enrolled anew may get a lower one than before.
 */
export function newerWish(
  { deployment }: Pick<ModelState, 'deployment'>,
  { target }: DesiredState,
): Target | null {
  return target && target.version.sequence !== deployment?.target.version.sequence ? target : null;
}
