import type { Manifest, ReportedState } from '@hamon/contracts';

/** What the database wants of a device that turns out to be ahead of it. */
export interface KnownWish {
  /** Digest of the bundle; null where nothing is wanted. */
  readonly bundle: string | null;
  /** When its deployment began; null where there is none. */
  readonly decidedAt: Date | null;
}

export type Continuation =
  /** The database's own wish stands, under a number that the device accepts. */
  | { readonly kind: 'keep' }
  /** What the device holds by our own signature is wanted from now on; `isBack` where it went back there by itself. */
  | { readonly kind: 'adopt'; readonly bundle: string; readonly isBack: boolean }
  /** Nothing is signed until a person decides. */
  | { readonly kind: 'clear' };

/**
 * Whose word counts, the database's or that of a manifest of ours which the database does not know of? Each stands for a
 * decision that somebody took, and the later one counts. A database that was restored from an older copy would otherwise
 * move a whole fleet back to an older version at once, without rollout, stage or gate.
 */
export function continuationOf(
  wish: KnownWish,
  proven: Pick<Manifest, 'bundle' | 'sequence' | 'issuedAt'>,
  { deployment, slots }: Pick<ReportedState, 'deployment' | 'slots'>,
): Continuation {
  const isNewer = wish.decidedAt !== null && wish.decidedAt.getTime() >= Date.parse(proven.issuedAt);
  if (wish.bundle !== null && isNewer) return { kind: 'keep' };
  const isBack =
    (deployment?.state === 'refused' || deployment?.state === 'rolled-back') &&
    deployment.version.bundle === proven.bundle.sha256 &&
    deployment.version.sequence === proven.sequence;
  const bundle = isBack ? (slots.current?.bundle ?? null) : proven.bundle.sha256;
  if (bundle === null) return { kind: 'clear' };
  return bundle === wish.bundle ? { kind: 'keep' } : { kind: 'adopt', bundle, isBack };
}
