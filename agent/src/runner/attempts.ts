import type { DeviceState } from '../core/device-state.js';

/** Written before a model is brought to life: a supervisor that dies of it finds the count when it comes back. */
export const withAttempt = (state: DeviceState): DeviceState => change(state, 1);

/** It ended in an orderly way, so that it does not count. */
export const withoutAttempt = (state: DeviceState): DeviceState => change(state, -1);

function change(state: DeviceState, by: number): DeviceState {
  const { deployment } = state;
  if (!deployment || deployment.attempts + by < 0) return state;
  return { ...state, deployment: { ...deployment, attempts: deployment.attempts + by } };
}
