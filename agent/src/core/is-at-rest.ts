import { isTerminal } from '@hamon/contracts';
import { desiredBy } from './desired-state.js';
import type { DeviceState } from './device-state.js';

/** No deployment is under way or about to begin: the device has nothing better to do than to answer frames. */
export function isAtRest({ accepted, deployment }: DeviceState): boolean {
  const { target } = desiredBy(accepted);
  if (target && target.version.sequence !== deployment?.target.version.sequence) return false;
  return !deployment || isTerminal(deployment.state);
}
