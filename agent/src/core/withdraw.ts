import { isTerminal } from '@hamon/contracts';
import { desiredBy, newerWish } from './desired-state.js';
import type { ModelState } from './model-state.js';

/**
 * The control plane took its wish back without another one, by a signed order or, as an earlier one does, by an empty
 * message. Whatever has not been activated is dropped; what runs goes on, because nothing else was signed.
 */
export function withdraw(state: ModelState): ModelState {
  const { accepted, deployment } = state;
  // Accepted, but not taken up by a step yet: without this it would still be assigned.
  const isUnassigned = newerWish(state, desiredBy(accepted)) !== null;
  const rest = accepted && isUnassigned ? { ...state, accepted: { ...accepted, abandoned: true } } : state;
  if (!deployment || isTerminal(deployment.state) || deployment.state === 'active') return rest;
  return {
    ...rest,
    slots: { ...state.slots, candidate: null },
    deployment: { ...deployment, state: 'superseded', attempts: 0 },
  };
}
