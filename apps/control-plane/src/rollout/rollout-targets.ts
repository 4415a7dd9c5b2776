import { describeBreach, type ClassChoice, type Rejection } from '@hamon/compress';
import type { RolloutTarget } from '@hamon/rollout';
import { ControlPlaneError } from '../platform/errors.js';
import type { VersionWithVariants } from '../registry/version.store.js';

/** What one device of the cohort is to run. */
export interface MemberTarget {
  readonly variant: string;
  readonly hardwareClass: string;
}

export interface PlannedTargets {
  /** Sorted by variant and reason. */
  readonly targets: readonly RolloutTarget[];
  readonly members: ReadonlyMap<string, MemberTarget>;
}

/** More would hide the sentence that says what to do. */
const MOST_CLASSES = 5;

/**
 * Which devices run which variant. Refused as a whole where a class has none: nobody wants half a cohort on a new version.
 * @param given the variant for all, whatever would be chosen
 * @throws ControlPlaneError `variant-not-found`, `no-variant-qualifies`
 */
export function planTargets(
  found: VersionWithVariants,
  choices: readonly ClassChoice[],
  given?: string,
): PlannedTargets {
  const planned = choices.map((choice) => ({ choice, ...plannedFor(choice, given) }));
  const refused = planned.flatMap(({ choice, variant }) => (variant === undefined ? [choice] : []));
  if (refused.length > 0) throw noneQualifies(found, refused);

  const targets = new Map<string, RolloutTarget>();
  const members = new Map<string, MemberTarget>();
  for (const { choice, why, variant = '' } of planned) {
    const { hardwareClass, devices } = choice;
    const key = `${variant} ${why}`;
    const before = targets.get(key);
    targets.set(key, {
      variant,
      bundle: bundleOf(found, variant),
      choice: why,
      hardwareClasses: [...(before?.hardwareClasses ?? []), hardwareClass],
      devices: (before?.devices ?? 0) + devices.length,
    });
    for (const device of devices) members.set(device, { variant, hardwareClass });
  }
  const sorted = [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
  return { targets: sorted, members };
}

function plannedFor(
  { selection }: ClassChoice,
  given: string | undefined,
): { readonly variant?: string; readonly why: RolloutTarget['choice'] } {
  if (given !== undefined) return { variant: given, why: 'given' };
  if (selection.kind === 'none') return { why: 'measured' };
  return { variant: selection.variant, why: selection.kind === 'chosen' ? 'measured' : 'unmeasured' };
}

function bundleOf({ version, variants }: VersionWithVariants, name: string): string {
  const variant = variants.find((candidate) => candidate.name === name);
  if (variant) return variant.bundleSha256;
  const known = variants.map((candidate) => candidate.name).join(', ');
  throw new ControlPlaneError(
    'variant-not-found',
    `${version.model}@${version.version} has no variant "${name}", only ${known}.`,
  );
}

function noneQualifies({ version }: VersionWithVariants, refused: readonly ClassChoice[]): ControlPlaneError {
  const rules = refused.slice(0, MOST_CLASSES).map(({ hardwareClass, devices, selection }) => {
    const why = selection.rejected.map(rejectionText).join('; ');
    return `${hardwareClass} (${devices.length} ${devices.length === 1 ? 'device' : 'devices'}): ${why}`;
  });
  const more = refused.length > MOST_CLASSES ? ` … and ${refused.length - MOST_CLASSES} more classes.` : '';
  return new ControlPlaneError(
    'no-variant-qualifies',
    `No variant of ${version.model}@${version.version} holds the constraints on ${rules.join('. On ')}.${more} ` +
      'Measure on such a device, allow more, leave the class out, or name a variant for all.',
    { errors: rules.map((rule) => ({ field: 'constraints', rule })) },
  );
}

/** `int8-static: p95 61.2 ms is above 50.0 ms` */
export const rejectionText = ({ variant, breaches }: Rejection): string =>
  `${variant}: ${breaches.map(describeBreach).join(', ')}`;

/** `int8-static on 12 devices (arm64-4c-4g-ort1.30-asimddp), fp32 on 3 devices (unmeasured)` */
export const targetsText = (targets: readonly RolloutTarget[]): string =>
  targets
    .map(({ variant, choice, hardwareClasses, devices }) => {
      const why = choice === 'measured' ? ` (${hardwareClasses.join(', ')})` : ` (${choice})`;
      return `${variant} on ${devices} ${devices === 1 ? 'device' : 'devices'}${why}`;
    })
    .join(', ');
