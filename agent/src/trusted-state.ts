import { isTerminal, type PublicJwk } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import { modelsOf, withModel, type DeviceState } from './core/device-state.js';
import { isRemoved, type ModelState } from './core/model-state.js';
import { withdraw } from './core/withdraw.js';

export interface Pinned {
  readonly fleet: string;
  readonly device: string;
  readonly manifestKey: PublicJwk;
}

/**
 * What a device that was enrolled anew goes on with. A manifest that the pinned key did not sign no longer counts; its
 * sequence, counted under the old key, would shut out every manifest of the new one, and so would the floor. What runs
 * goes on running.
 */
export async function trustedState(
  state: DeviceState,
  { fleet, device, manifestKey }: Pinned,
): Promise<DeviceState> {
  let trusted = state;
  for (const [model, { accepted }] of modelsOf(state)) {
    if (!accepted) continue;
    const verified = await verifyManifest(accepted.jws, manifestKey, { fleet, device, now: 'any-time' });
    if (verified.ok) continue;
    trusted = withModel({ ...trusted, floor: 0 }, model, distrusted);
  }
  const models = Object.entries(trusted.models).filter(
    ([model, known]) => !isDistrustedOrder(state, model, known),
  );
  return trusted === state ? state : { ...trusted, models: Object.fromEntries(models) };
}

function distrusted(state: ModelState): ModelState {
  const withdrawn = withdraw(state);
  const { deployment } = withdrawn;
  // An ended deployment would make a manifest of the new key with the same sequence look carried out.
  const open = deployment && !isTerminal(deployment.state) ? deployment : null;
  return { ...withdrawn, accepted: null, deployment: open };
}

/** Nothing is left of a model that was removed by an order under the old key. */
function isDistrustedOrder({ models }: DeviceState, model: string, now: ModelState): boolean {
  const before = models[model];
  return before !== undefined && isRemoved(before) && now.accepted === null;
}
