import { isTerminal } from '@hamon/contracts';
import type { DeviceState } from './device-state.js';

/**
 * The control plane took its wish back without another one. Whatever has not been activated is dropped; what runs goes
 * on, because nothing else was signed.
 */
export function withdraw(state: DeviceState): DeviceState {
  const { deployment } = state;
  if (!deployment || isTerminal(deployment.state) || deployment.state === 'active') return state;
  return {
    ...state,
    slots: { ...state.slots, candidate: null },
    deployment: { ...deployment, state: 'superseded', attempts: 0 },
  };
}
