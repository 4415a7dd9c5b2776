import type { DeviceState } from '../core/device-state.js';

/** Written before a model is loaded: a supervisor that dies while loading finds the count when it comes back. */
export const withAttempt = (state: DeviceState): DeviceState => change(state, 1);

/** The attempt ended in order, so it does not count. */
export const withoutAttempt = (state: DeviceState): DeviceState => change(state, -1);

function change(state: DeviceState, by: number): DeviceState {
  const { deployment } = state;
  if (!deployment || deployment.attempts + by < 0) return state;
  return { ...state, deployment: { ...deployment, attempts: deployment.attempts + by } };
}
