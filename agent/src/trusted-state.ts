import { isTerminal, type PublicJwk } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import type { DeviceState } from './core/device-state.js';
import { withdraw } from './core/withdraw.js';

export interface Pinned {
  readonly fleet: string;
  readonly device: string;
  readonly manifestKey: PublicJwk;
}

/**
 * What a device that was enrolled anew goes on with. A manifest that the pinned key did not sign no longer counts; its
 * sequence, counted under the old key, would shut out every manifest of the new one. What runs goes on running.
 */
export async function trustedState(
  state: DeviceState,
  { fleet, device, manifestKey }: Pinned,
): Promise<DeviceState> {
  if (!state.accepted) return state;
  const verified = await verifyManifest(state.accepted.jws, manifestKey, { fleet, device, now: 'any-time' });
  if (verified.ok) return state;
  const withdrawn = withdraw(state);
  const { deployment } = withdrawn;
  // An ended deployment would make a manifest of the new key with the same sequence look carried out.
  const open = deployment && !isTerminal(deployment.state) ? deployment : null;
  return { ...withdrawn, accepted: null, deployment: open };
}
