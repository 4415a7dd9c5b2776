import type { Constraints, Objective } from '../choose/constraints.js';
import { paretoFront } from '../choose/pareto-front.js';
import { selectVariant, type Selection } from '../choose/select-variant.js';
import type { VariantProfile } from '../choose/variant-profile.js';
import { headlineOf, type Quality } from '../measure/quality.js';
import type { VariantReport } from './compress-report.js';

/**
 * The variant for one hardware class. Its accuracy is that on calibration samples that nothing was fitted to: evaluation is
 * not for choosing.
 */
export function selectionOf(
  variants: readonly VariantReport[],
  hardwareClass: string,
  constraints: Constraints & { readonly objective?: Objective },
): Selection {
  const profiles = variants.map((variant) => profileOf(variant, hardwareClass));
  return selectVariant(profiles, { hardwareClass, ...constraints });
}

/** Names of the variants that no other beats in error, p50 and size all at once. */
export function frontOf(variants: readonly VariantReport[]): readonly string[] {
  const front = paretoFront(variants, (variant) => [
    errorOf(variant),
    latencyOf(variants, variant),
    variant.bytes,
  ]);
  return front.map(({ name }) => name);
}

/** The p50 of a variant; variants with the same file differ by noise alone. */
export const latencyOf = (variants: readonly VariantReport[], { sha256 }: VariantReport): number =>
  Math.min(...variants.filter((one) => one.sha256 === sha256).map(({ latency }) => latency.oneThread.p50Ms));

export function profileOf(
  { name, bytes, rssMb, latency, calibration, synthetic }: VariantReport,
  hardwareClass: string,
): VariantProfile {
  const { p50Ms, p95Ms } = latency.oneThread;
  const known = calibration ?? withoutLabels(synthetic);
  const accuracy = headlineOf(known);
  const { agreement, outputError } = known ?? {};
  return {
    variant: name,
    hardwareClass,
    p50Ms,
    p95Ms,
    rssMb,
    bytes,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(agreement === undefined ? {} : { agreement }),
    // What the right answers show counts more than how near the outputs are.
    ...((accuracy ?? agreement) !== undefined || outputError === undefined ? {} : { outputError }),
  };
}

/** Labels of random inputs prove nothing about those of real ones. */
const withoutLabels = (quality: Quality | undefined): Quality | undefined =>
  quality?.agreement === undefined ? quality : undefined;

/** The best-founded figure of what a variant gets wrong. */
function errorOf({ evaluation, calibration, synthetic }: VariantReport): number {
  const quality = evaluation ?? calibration ?? synthetic;
  const headline = headlineOf(quality);
  if (headline !== undefined) return 1 - headline;
  if (quality?.agreement !== undefined) return 1 - quality.agreement;
  return quality?.outputError ?? 0;
}
