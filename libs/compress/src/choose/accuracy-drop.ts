import type { VariantProfile } from './variant-profile.js';

/**
 * Accuracy given up against the original on a hardware class, as a share. Where this class has no labels of its own, the
 * worst that labels showed on any class, for the same file may cost more on one CPU than on another; and as much more as
 * the variant disagrees with the original here oftener than there. Without labels anywhere, the share of labels that
 * differ from the original's bounds it from above. `undefined`: nothing is known.
 */
export function accuracyDropOf(
  profiles: readonly VariantProfile[],
  variant: string,
  hardwareClass: string,
  original: string,
): number | undefined {
  if (variant === original) return 0;
  const all = profiles.filter((profile) => profile.variant === variant);
  const own = all.filter((profile) => profile.hardwareClass === hardwareClass);
  const labelled = (profile: VariantProfile): number | undefined =>
    labelledDrop(profile, originalFor(profiles, profile, original));
  return (
    worst(own, labelled) ??
    worst(all, (profile) => {
      const drop = labelled(profile);
      return drop === undefined ? undefined : drop + (worst(own, (here) => excess(profile, here)) ?? 0);
    }) ??
    worst(own, disagreement) ??
    worst(all, disagreement)
  );
}

/** How much oftener than in `there` a variant disagrees with the original in `here`; 0 where it is not known of both. */
export const excess = (
  there: Pick<VariantProfile, 'agreement'>,
  here: Pick<VariantProfile, 'agreement'>,
): number =>
  there.agreement === undefined || here.agreement === undefined
    ? 0
    : Math.max(0, there.agreement - here.agreement);

function labelledDrop(profile: VariantProfile, original: VariantProfile | undefined): number | undefined {
  if (profile.accuracyDrop !== undefined) return profile.accuracyDrop;
  return profile.accuracy === undefined || original?.accuracy === undefined
    ? undefined
    : original.accuracy - profile.accuracy;
}

const disagreement = ({ agreement }: VariantProfile): number | undefined =>
  agreement === undefined ? undefined : 1 - agreement;

function worst(
  profiles: readonly VariantProfile[],
  drop: (profile: VariantProfile) => number | undefined,
): number | undefined {
  const known = profiles.flatMap((profile) => drop(profile) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

const originalFor = (
  profiles: readonly VariantProfile[],
  { hardwareClass }: VariantProfile,
  original: string,
): VariantProfile | undefined =>
  profiles.find((other) => other.variant === original && other.hardwareClass === hardwareClass);
