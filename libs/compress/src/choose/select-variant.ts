import { ORIGINAL_VARIANT } from '@hamon/contracts';
import { accuracyDropOf } from './accuracy-drop.js';
import type { Breach, Constraints, Objective } from './constraints.js';
import type { VariantProfile } from './variant-profile.js';

export interface SelectionRequest extends Constraints {
  readonly hardwareClass: string;
  /** The original, against which accuracy is counted; {@link ORIGINAL_VARIANT} if left out. */
  readonly original?: string;
  /** `latency` (p50) if left out. */
  readonly objective?: Objective;
  /** Variants that devices of this class found to be of no use, and why: not even the original may run then on trust. */
  readonly unfit?: ReadonlyMap<string, string>;
}

export interface Rejection {
  readonly variant: string;
  readonly breaches: readonly Breach[];
}

/**
 * - `chosen`: measured on this class, holds every constraint, and the best of those.
 * - `unmeasured`: no variant measured on this class qualifies and the original is not measured there: it is the only one
 *   that may run on trust, for its answers are what others are compared with.
 * - `none`: everything is measured that could be chosen, or unfit, and nothing holds the constraints.
 */
export type Selection =
  | {
      readonly kind: 'chosen';
      readonly variant: string;
      readonly profile: VariantProfile;
      /** Absent where nothing is known about accuracy and nothing was asked of it. */
      readonly accuracyDrop?: number;
      readonly rejected: readonly Rejection[];
    }
  | { readonly kind: 'unmeasured'; readonly variant: string; readonly rejected: readonly Rejection[] }
  | { readonly kind: 'none'; readonly rejected: readonly Rejection[] };

/** Differences below it are noise of a measurement. */
const NOISE_SHARE = 0.03;
/** 0.95 − 0.94 is a little more than 0.01 in binary. */
const ROUNDING = 1e-9;

/**
 * The variant that devices of a hardware class should run, from measured profiles alone: a variant that was never measured
 * there is never preferred to one that was and qualifies. That int8 is slower somewhere is an answer like any other.
 * @param profiles of one version, of all classes; the latest one per variant and class
 */
export function selectVariant(profiles: readonly VariantProfile[], request: SelectionRequest): Selection {
  const { hardwareClass, original = ORIGINAL_VARIANT, objective = 'latency', unfit = new Map() } = request;
  const measured = profiles.filter((profile) => profile.hardwareClass === hardwareClass);
  const fit = measured.flatMap((profile): Judged[] => {
    if (unfit.has(profile.variant)) return [];
    const drop = accuracyDropOf(profiles, profile.variant, hardwareClass, original);
    return [{ profile, drop, breaches: breachesOf(profile, drop, request) }];
  });
  const rejected = [
    ...fit
      .filter(({ breaches }) => breaches.length > 0)
      .map(({ profile, breaches }) => ({ variant: profile.variant, breaches })),
    ...[...unfit].map(([variant, reason]) => ({
      variant,
      breaches: [{ constraint: 'fitness' as const, reason }],
    })),
  ].sort(byVariant);
  const best = bestOf(
    fit.filter(({ breaches }) => breaches.length === 0),
    COSTS[objective],
  );
  if (best !== undefined) {
    const { profile, drop } = best;
    const accuracy = drop === undefined ? {} : { accuracyDrop: drop };
    return { kind: 'chosen', variant: profile.variant, profile, ...accuracy, rejected };
  }
  const isKnown = unfit.has(original) || measured.some(({ variant }) => variant === original);
  return isKnown ? { kind: 'none', rejected } : { kind: 'unmeasured', variant: original, rejected };
}

/** A profile held against the constraints. */
interface Judged {
  readonly profile: VariantProfile;
  readonly drop: number | undefined;
  readonly breaches: readonly Breach[];
}

/** The cheapest; among those that cost the same but for noise, the most accurate, then the smallest. */
function bestOf(qualified: readonly Judged[], cost: (profile: VariantProfile) => number): Judged | undefined {
  const least = Math.min(...qualified.map(({ profile }) => cost(profile)));
  const [best] = qualified
    .filter(({ profile }) => cost(profile) <= least * (1 + NOISE_SHARE))
    .sort(
      (a, b) =>
        // An accuracy above the original's is luck.
        Math.max(0, a.drop ?? 0) - Math.max(0, b.drop ?? 0) ||
        (b.profile.agreement ?? 0) - (a.profile.agreement ?? 0) ||
        (a.profile.outputError ?? 0) - (b.profile.outputError ?? 0) ||
        a.profile.bytes - b.profile.bytes ||
        cost(a.profile) - cost(b.profile) ||
        byVariant(a.profile, b.profile),
    );
  return best;
}

const COSTS: Readonly<Record<Objective, (profile: VariantProfile) => number>> = {
  latency: ({ p50Ms }) => p50Ms,
  bytes: ({ bytes }) => bytes,
  memory: ({ rssMb }) => rssMb,
};

function breachesOf(
  profile: VariantProfile,
  accuracyDrop: number | undefined,
  limits: Constraints,
): readonly Breach[] {
  const actual: Readonly<Record<keyof Constraints, number | undefined>> = {
    maxAccuracyDrop: accuracyDrop,
    maxOutputError: profile.outputError,
    maxP95Ms: profile.p95Ms,
    maxRssMb: profile.rssMb,
    maxBytes: profile.bytes,
  };
  return (Object.keys(actual) as (keyof Constraints)[]).flatMap((constraint): readonly Breach[] => {
    const limit = limits[constraint];
    const value = actual[constraint];
    if (limit === undefined || !asksOf(constraint, profile)) return [];
    // Fails closed: a floor that nothing proves to hold is broken.
    if (value === undefined) return [{ constraint, limit }];
    return value <= limit + ROUNDING ? [] : [{ constraint, limit, actual: value }];
  });
}

/** Where the truth was at hand, answers have an accuracy, else outputs an error; what has one owes nothing to the other's limit. */
function asksOf(
  constraint: keyof Constraints,
  { outputError, accuracy, accuracyDrop }: VariantProfile,
): boolean {
  const byError = outputError !== undefined && accuracy === undefined && accuracyDrop === undefined;
  if (constraint === 'maxAccuracyDrop') return !byError;
  return constraint !== 'maxOutputError' || byError;
}

const byVariant = (a: { readonly variant: string }, b: { readonly variant: string }): number =>
  a.variant < b.variant ? -1 : a.variant > b.variant ? 1 : 0;
