import type { Reason } from '@hamon/contracts';
import type { ModelState } from './model-state.js';
import type { Step } from './step.js';

/** How often the supervisor may die in one state of one deployment. */
export const MAX_ATTEMPTS = 3;

/** Does this step load the deployment's model, so that dying in it counts against the deployment? */
export function isRisky(step: Step, state: ModelState): boolean {
  return (
    step.kind === 'loadCandidate' || (step.kind === 'loadCurrent' && state.deployment?.state === 'active')
  );
}

/** The supervisor died again and again while it loaded this deployment's model. */
export function bootLoop({ deployment }: ModelState): Reason | null {
  if (!deployment || deployment.attempts <= MAX_ATTEMPTS) return null;
  return {
    code: 'boot-loop',
    detail: `the agent ended ${deployment.attempts} times while this version was ${deployment.state}`,
  };
}

/** Written before a model is loaded: a supervisor that dies while loading finds the count when it comes back. */
export const withAttempt = (state: ModelState): ModelState => change(state, 1);

/** The attempt ended in order, so it does not count. */
export const withoutAttempt = (state: ModelState): ModelState => change(state, -1);

function change(state: ModelState, by: number): ModelState {
  const { deployment } = state;
  if (!deployment || deployment.attempts + by < 0) return state;
  return { ...state, deployment: { ...deployment, attempts: deployment.attempts + by } };
}
