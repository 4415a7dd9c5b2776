import { ORIGINAL_VARIANT, type VariantFigures, type VariantProfileView } from '@hamon/contracts';
import { excess } from './accuracy-drop.js';
import type { VariantProfile } from './variant-profile.js';

/** Figures of one variant on one hardware class by one who measured. */
export type MeasuredFigures = Pick<VariantProfileView, 'variant' | 'hardwareClass' | 'source' | 'figures'>;

/**
 * One profile per variant and hardware class from all that was measured there. What a device of the class showed in
 * latency and memory counts more than what the compressing machine did. Of answers the worse counts: the lower agreement,
 * and the larger drop of accuracy among those who had labels, plus what the variant disagrees oftener elsewhere in the
 * class than on the samples of those labels.
 * @param measured of one version; the latest per variant, class and source
 * @param original its name; {@link ORIGINAL_VARIANT} if left out
 */
export function mergeProfiles(
  measured: readonly MeasuredFigures[],
  original: string = ORIGINAL_VARIANT,
): readonly VariantProfile[] {
  const groups = new Map<string, MeasuredFigures[]>();
  for (const one of measured) {
    const key = `${one.variant} ${one.hardwareClass}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const originals = (one: MeasuredFigures): VariantFigures | undefined =>
    measured.find(
      ({ variant, hardwareClass, source }) =>
        variant === original && hardwareClass === one.hardwareClass && source === one.source,
    )?.figures;
  return [...groups.values()].map((group) => merged(group, originals));
}

function merged(
  group: readonly MeasuredFigures[],
  originalOf: (one: MeasuredFigures) => VariantFigures | undefined,
): VariantProfile {
  const [cost] = [...group].sort((a, b) => RANK[a.source] - RANK[b.source]) as [MeasuredFigures];
  const { bytes, oneThread, rssMb } = cost.figures;
  const lowest = least(group, ({ figures }) => figures.agreement);
  const accuracy = least(group, ({ figures }) => headlineOf(figures));
  const error = least(group, ({ figures }) => negative(figures.outputError));
  const drops = group.flatMap((one) => {
    // Shares of right labels on other samples say nothing about each other.
    const before = headlineOf(originalOf(one));
    const own = headlineOf(one.figures);
    if (own === undefined || before === undefined) return [];
    return before - own + excess(one.figures, { agreement: lowest ?? 1 });
  });
  return {
    variant: cost.variant,
    hardwareClass: cost.hardwareClass,
    p50Ms: oneThread.p50Ms,
    p95Ms: oneThread.p95Ms,
    rssMb,
    bytes,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(drops.length === 0 ? {} : { accuracyDrop: Math.max(...drops) }),
    ...(lowest === undefined ? {} : { agreement: lowest }),
    ...(error === undefined ? {} : { outputError: -error }),
  };
}

/** The headline of the model's task; of classification it is the accuracy. */
const headlineOf = (figures: VariantFigures | undefined): number | undefined =>
  figures?.quality?.value ?? figures?.accuracy;

const RANK = { device: 0, compression: 1 } as const satisfies Record<MeasuredFigures['source'], number>;

const negative = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : -value;

function least(
  group: readonly MeasuredFigures[],
  figure: (one: MeasuredFigures) => number | undefined,
): number | undefined {
  const known = group.flatMap((one) => figure(one) ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}
