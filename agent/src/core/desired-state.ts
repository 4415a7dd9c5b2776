import type { Accepted, Target } from './device-state.js';

/** What the newest accepted manifest asks for; null where there has been none, or it must not be tried again. */
export interface DesiredState {
  readonly target: Target | null;
}

export const desiredBy = (accepted: Accepted | null): DesiredState => ({
  target: accepted && !accepted.abandoned ? accepted.target : null,
});
