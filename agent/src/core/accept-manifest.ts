import type { GeneralJws, Manifest, Reason } from '@hamon/contracts';
import type { DeviceState } from './device-state.js';
import { raisedFloor } from './time-floor.js';

export type Acceptance =
  /** The same bytes as before: no news. */
  | { readonly kind: 'known' }
  | { readonly kind: 'accepted'; readonly next: DeviceState }
  | { readonly kind: 'rejected'; readonly reason: Reason };

/** Are these the bytes of the newest accepted manifest? Asked before anything else: what was verified once stays so. */
export function isKnown(jws: GeneralJws, { accepted }: DeviceState): boolean {
  return accepted !== null && sameBytes(jws, accepted.jws);
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
    if (accepted.abandoned) {
      return reject('manifest-abandoned', `sequence ${sequence} was refused or rolled back from here`);
    }
    if (sameBytes(jws, accepted.jws)) return { kind: 'known' };
    return reject('manifest-conflict', `sequence ${sequence} came before with other bytes`);
  }
  const { model, version, variant, bundle, policy } = manifest;
  const running = { model, version, variant, bundle: bundle.sha256, sequence };
  return {
    kind: 'accepted',
    next: {
      ...state,
      accepted: { sequence, jws, target: { version: running, bundle, policy }, abandoned: false },
      timeFloor: raisedFloor(state.timeFloor, new Date(manifest.issuedAt)),
    },
  };
}

function sameBytes(a: GeneralJws, b: GeneralJws): boolean {
  const [x, y] = [a.signatures[0], b.signatures[0]];
  return a.payload === b.payload && x?.protected === y?.protected && x?.signature === y?.signature;
}

const reject = (code: Reason['code'], detail: string): Acceptance => ({
  kind: 'rejected',
  reason: { code, detail },
});
