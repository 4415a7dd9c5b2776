import type { VariantProfile } from './variant-profile.js';

/**
 * Accuracy given up against the original on a hardware class, as a share; the worst that is known of any class where this
 * one has no figures of its own, because the same file may cost more on one CPU than on another. Without labels, the share
 * of labels that differ from the original's bounds it from above. `undefined`: nothing is known.
 */
export function accuracyDropOf(
  profiles: readonly VariantProfile[],
  variant: string,
  hardwareClass: string,
  reference: string,
): number | undefined {
  if (variant === reference) return 0;
  const drops = (of: readonly VariantProfile[]): readonly number[] =>
    of.flatMap((profile) => dropOf(profile, referenceFor(profiles, profile, reference)) ?? []);
  const all = profiles.filter((profile) => profile.variant === variant);
  const here = drops(all.filter((profile) => profile.hardwareClass === hardwareClass));
  const known = here.length > 0 ? here : drops(all);
  return known.length === 0 ? undefined : Math.max(...known);
}

function dropOf(profile: VariantProfile, reference: VariantProfile | undefined): number | undefined {
  if (profile.accuracy !== undefined && reference?.accuracy !== undefined)
    return reference.accuracy - profile.accuracy;
  return profile.agreement === undefined ? undefined : 1 - profile.agreement;
}

const referenceFor = (
  profiles: readonly VariantProfile[],
  { hardwareClass }: VariantProfile,
  reference: string,
): VariantProfile | undefined =>
  profiles.find((other) => other.variant === reference && other.hardwareClass === hardwareClass);
