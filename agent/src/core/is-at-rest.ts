import { isTerminal } from '@hamon/contracts';
import { desiredBy, newerWish } from './desired-state.js';
import type { ModelState } from './model-state.js';

/** No deployment is under way or about to begin: the device has nothing better to do than to answer frames. */
export function isAtRest(state: ModelState): boolean {
  if (newerWish(state, desiredBy(state.accepted))) return false;
  return !state.deployment || isTerminal(state.deployment.state);
}
