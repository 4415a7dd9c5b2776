import { isGivenUp, type GeneralJws, type Manifest, type Reason } from '@hamon/contracts';
import { isSameDocument } from '@hamon/trust';
import type { Accepted, DeviceState } from './device-state.js';
import { raisedFloor } from './time-floor.js';
import { withdraw } from './withdraw.js';

export type Acceptance =
  /** The same bytes as before: no news. */
  | { readonly kind: 'known' }
  | { readonly kind: 'accepted'; readonly next: DeviceState }
  | { readonly kind: 'rejected'; readonly reason: Reason };

/** Are these the bytes of the newest accepted manifest? Asked before anything else: what was verified once stays so. */
export function isKnown(jws: GeneralJws, { accepted }: DeviceState): boolean {
  return accepted !== null && isSameDocument(jws, accepted.jws);
}

/**
 * The rules on sequences, for a manifest whose signature, addressee and expiry hold already. They only ever go up, so
 * that nobody brings an old version back by repeating an old message.
 */
export function acceptManifest(manifest: Manifest, jws: GeneralJws, state: DeviceState): Acceptance {
  const { accepted } = state;
  const { sequence } = manifest;
  if (accepted && sequence < accepted.sequence) {
    return reject('manifest-older', `sequence ${sequence}, this device has seen ${accepted.sequence}`);
  }
  if (accepted && sequence === accepted.sequence) {
    if (isAbandoned(accepted)) {
      return reject('manifest-abandoned', `sequence ${sequence} was refused or rolled back from here`);
    }
    if (isSameDocument(jws, accepted.jws)) return { kind: 'known' };
    return reject('manifest-conflict', `sequence ${sequence} came before with other bytes`);
  }
  const { model, version, variant, bundle, policy, order } = manifest;
  const running = { model, version, variant, bundle: bundle.sha256, sequence };
  const target = { version: running, bundle, policy, ...(order && { order }) };
  const next: DeviceState = {
    ...state,
    accepted: { sequence, jws, target, abandoned: order === 'hold' && hasGivenUp(state, bundle.sha256) },
    timeFloor: raisedFloor(state.timeFloor, new Date(manifest.issuedAt)),
  };
  return { kind: 'accepted', next: order === 'withdraw' ? withdraw(next) : next };
}

/** Refused or rolled back from: to ask for it again is a mistake. A wish that was taken back is no mistake. */
export const isAbandoned = ({ abandoned, target }: Accepted): boolean =>
  abandoned && target.order === undefined;

/** To hold a bundle that was given up meanwhile would begin it anew. */
const hasGivenUp = ({ deployment }: DeviceState, bundle: string): boolean =>
  deployment?.target.version.bundle === bundle && isGivenUp(deployment.state);

const reject = (code: Reason['code'], detail: string): Acceptance => ({
  kind: 'rejected',
  reason: { code, detail },
});
