import type { Reason } from '@hamon/contracts';
import type { DeviceState } from './device-state.js';
import type { Step } from './step.js';

/** So often may the supervisor die over one state of one deployment. */
export const MAX_ATTEMPTS = 3;

/** Does this step bring the deployment's model to life, so that dying in it counts against the deployment? */
export function isRisky(step: Step, state: DeviceState): boolean {
  return (
    step.kind === 'loadCandidate' || (step.kind === 'loadCurrent' && state.deployment?.state === 'active')
  );
}

/** The supervisor died over and over while this deployment's model was loaded. */
export function bootLoop({ deployment }: DeviceState): Reason | null {
  if (!deployment || deployment.attempts <= MAX_ATTEMPTS) return null;
  return {
    code: 'boot-loop',
    detail: `the agent ended ${deployment.attempts} times while this version was ${deployment.state}`,
  };
}
