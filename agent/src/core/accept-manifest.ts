import {
  isGivenUp,
  MAX_KNOWN_MODELS,
  MAX_MODELS,
  type GeneralJws,
  type Manifest,
  type Reason,
} from '@hamon/contracts';
import { isSameDocument } from '@hamon/trust';
import { modelIn, modelsOf, takesPlace, type DeviceState, type KnownModel } from './device-state.js';
import { EMPTY_MODEL, isRemoved, NO_SLOTS, type Accepted, type ModelState } from './model-state.js';
import { raisedFloor } from './time-floor.js';
import { withdraw } from './withdraw.js';

export type Acceptance =
  /** The same bytes as before: no news. */
  | { readonly kind: 'known' }
  | { readonly kind: 'accepted'; readonly next: DeviceState }
  | { readonly kind: 'rejected'; readonly reason: Reason };

/** Are these the bytes of the model's newest accepted manifest? Asked before anything else: what was verified stays so. */
export function isKnown(jws: GeneralJws, known: Pick<ModelState, 'accepted'> | undefined): boolean {
  return known?.accepted !== null && known !== undefined && isSameDocument(jws, known.accepted.jws);
}

/**
 * The rules on sequences, for a manifest whose signature, addressee and expiry hold already. Those of a model only ever go
 * up, and a model that the device does not know, or no longer, begins above the floor: nobody brings an old version back by
 * repeating an old message.
 */
export function acceptManifest(manifest: Manifest, jws: GeneralJws, state: DeviceState): Acceptance {
  const known = modelIn(state, manifest.model);
  const refusal = known?.accepted
    ? refusedByOwn(manifest, jws, known.accepted)
    : refusedByFloor(manifest, state);
  if (refusal) return refusal;
  const next = wishing(manifest, jws, known ?? EMPTY_MODEL);
  const comesIn = takesPlace(next) && !(known && takesPlace(known));
  if (comesIn && placesTaken(state) >= MAX_MODELS) {
    return reject(
      'manifest-too-many-models',
      `${manifest.model}: this device has ${MAX_MODELS} models already, which is the most`,
    );
  }
  // One that comes once more, as after a refusal, comes behind those that answer meanwhile.
  const youngest = 1 + Math.max(-1, ...modelsOf(state).map(([, other]) => other.since));
  const since = !known || comesIn ? youngest : known.since;
  return {
    kind: 'accepted',
    next: forgetOldest({
      ...state,
      models: { ...state.models, [manifest.model]: { ...next, since } },
      timeFloor: raisedFloor(state.timeFloor, new Date(manifest.issuedAt)),
    }),
  };
}

/** Refused or rolled back from: to ask for it again is a mistake. A wish that was taken back is no mistake. */
export const isAbandoned = ({ abandoned, target }: Accepted): boolean =>
  abandoned && target.order === undefined;

function refusedByOwn({ sequence }: Manifest, jws: GeneralJws, accepted: Accepted): Acceptance | undefined {
  if (sequence > accepted.sequence) return undefined;
  if (sequence < accepted.sequence) {
    return reject('manifest-older', `sequence ${sequence}, this device has seen ${accepted.sequence}`);
  }
  if (isAbandoned(accepted)) {
    return reject('manifest-abandoned', `sequence ${sequence} was refused or rolled back from here`);
  }
  if (isSameDocument(jws, accepted.jws)) return { kind: 'known' };
  return reject('manifest-conflict', `sequence ${sequence} came before with other bytes`);
}

function refusedByFloor({ sequence, model }: Manifest, { floor }: DeviceState): Acceptance | undefined {
  if (sequence > floor) return undefined;
  return reject(
    'manifest-older',
    `sequence ${sequence} of ${model}, which this device does not know and takes above ${floor} only`,
  );
}

function wishing(manifest: Manifest, jws: GeneralJws, known: ModelState): ModelState {
  const { sequence, model, version, variant, bundle, policy, order } = manifest;
  const running = { model, version, variant, bundle: bundle.sha256, sequence };
  const target = { version: running, bundle, policy, ...(order && { order }) };
  const next: ModelState = {
    slots: known.slots,
    deployment: known.deployment,
    accepted: { sequence, jws, target, abandoned: order === 'hold' && hasGivenUp(known, bundle.sha256) },
    watch: known.watch,
  };
  if (order === 'withdraw') return withdraw(next);
  return order === 'unassign' ? removed(next) : next;
}

/** Its processes end after their last frames; only the manifest that asked for it stays. */
const removed = ({ accepted }: ModelState): ModelState => ({
  ...EMPTY_MODEL,
  slots: NO_SLOTS,
  accepted: accepted && { ...accepted, abandoned: true },
});

/** To hold a bundle that was given up meanwhile would begin it anew. */
const hasGivenUp = ({ deployment }: ModelState, bundle: string): boolean =>
  deployment?.target.version.bundle === bundle && isGivenUp(deployment.state);

const placesTaken = (state: DeviceState): number =>
  modelsOf(state).filter(([, known]) => takesPlace(known)).length;

/**
 * What is remembered is bounded: of the models that take no place, the one with the lowest sequence is forgotten, and its
 * sequence becomes the floor.
 */
function forgetOldest(state: DeviceState): DeviceState {
  const models = modelsOf(state);
  if (models.length <= MAX_KNOWN_MODELS) return state;
  const sequenceOf = ([, { accepted }]: (typeof models)[number]): number => accepted?.sequence ?? 0;
  const rank = (known: KnownModel): number => (isRemoved(known) ? 0 : 1);
  const [oldest] = models
    .filter(([, known]) => !takesPlace(known))
    .sort((a, b) => rank(a[1]) - rank(b[1]) || sequenceOf(a) - sequenceOf(b));
  if (!oldest) return state;
  const { [oldest[0]]: _, ...rest } = state.models;
  return forgetOldest({ ...state, models: rest, floor: Math.max(state.floor, sequenceOf(oldest)) });
}

const reject = (code: Reason['code'], detail: string): Acceptance => ({
  kind: 'rejected',
  reason: { code, detail },
});
