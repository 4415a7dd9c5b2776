import type { BenchmarkResult, VariantFigures, VersionView } from '@hamon/contracts';

/** What a device would have measured of each variant of a version. */
export const resultsOf = (
  { variants }: VersionView,
  change: Partial<VariantFigures> = {},
): BenchmarkResult[] =>
  variants.map(({ name, bundle, modelBytes }) => ({
    variant: name,
    bundle,
    unfit: null,
    figures: {
      bytes: modelBytes,
      oneThread: { threads: 1, runs: 100, p50Ms: 1.5, p95Ms: 2 },
      rssMb: 80,
      loadMs: 12,
      samples: 10,
      agreement: 1,
      ...change,
    },
  }));
