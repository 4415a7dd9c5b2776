import { isGivenUp as isGivenUpState, MAX_SEQUENCE, type Manifest, type ModelReport } from '@hamon/contracts';

/** What the database desires of a model of a device that turns out to be ahead of it. */
export interface KnownWish {
  /** Digest of the bundle; null where nothing is wanted. */
  readonly bundle: string | null;
  /** When its deployment began; null where there is none. */
  readonly decidedAt: Date | null;
}

export type Continuation =
  /** The database's desired state stays, under a number that the device accepts. */
  | { readonly kind: 'keep' }
  /** From now on what the device holds by our signature is desired. */
  | { readonly kind: 'adopt'; readonly bundle: string }
  /** Nothing is signed until a person decides. */
  | { readonly kind: 'clear' };

/** No true history gets this high; above it soon no number would be left to continue with. */
export const HIGHEST_CONTINUED = MAX_SEQUENCE - 2 ** 20;

/** The clock that signed a manifest may be ahead of ours by so much. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/**
 * Which counts: the database's desired state, or a manifest of ours that the database does not know? Each stands for a
 * decision that somebody made, and the later one counts. A database that was restored from an older copy would otherwise
 * move a whole fleet back to an older version at once, without rollout, stage or gate.
 *
 * The device's own report chooses no version: it can only say that it gave up what the manifest names. Then nothing is
 * desired of it, unless it is where the database wants it.
 */
export function continuationOf(
  wish: KnownWish,
  proven: Pick<Manifest, 'bundle' | 'sequence' | 'issuedAt' | 'order'>,
  { deployment, slots }: Pick<ModelReport, 'deployment' | 'slots'>,
  now: Date,
): Continuation {
  const issuedMs = Date.parse(proven.issuedAt);
  // A time that cannot be true is no reason to prefer that manifest.
  if (issuedMs > now.getTime() + CLOCK_TOLERANCE_MS) return { kind: wish.bundle === null ? 'clear' : 'keep' };
  const isLater = wish.decidedAt !== null && wish.decidedAt.getTime() >= issuedMs;
  if (wish.bundle !== null && isLater) return { kind: 'keep' };
  // Held, withdrawn or unassigned: the later decision was not to run it, and only a person may take that back.
  if (proven.order && proven.bundle.sha256 !== wish.bundle) return { kind: 'clear' };
  if (proven.order && proven.order !== 'hold') return { kind: 'clear' };
  const isGivenUp =
    deployment !== null &&
    isGivenUpState(deployment.state) &&
    deployment.version.bundle === proven.bundle.sha256 &&
    deployment.version.sequence === proven.sequence;
  if (isGivenUp) {
    const isThere = wish.bundle !== null && slots.current?.bundle === wish.bundle;
    return { kind: isThere ? 'keep' : 'clear' };
  }
  const bundle = proven.bundle.sha256;
  return bundle === wish.bundle ? { kind: 'keep' } : { kind: 'adopt', bundle };
}
