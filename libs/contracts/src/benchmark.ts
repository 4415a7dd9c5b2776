import { z } from 'zod';
import { BundleRef } from './bundle-index.js';
import { DEPLOYMENT_REASONS } from './deployment.js';
import { DeviceId, ModelName, Sha256, Timestamp, VariantName, VersionName } from './names.js';
import { VariantFigures } from './variant-figures.js';

/** Most variants that one benchmark measures: as many as a bundle may have. */
export const MAX_BENCHMARK_VARIANTS = 32;

/** How thoroughly a device measures. */
export const BenchmarkPlan = z
  .strictObject({
    /** Blocks of each variant, in turns. */
    rounds: z.int().min(1).max(100).default(10),
    /** Measured runs in a block. */
    runs: z.int().min(1).max(1000).default(50),
    /** Unmeasured runs ahead of them, which bring the variant's weights back into the caches. */
    warmupRuns: z.int().min(0).max(1000).default(20),
    /** Time for all runs at one thread setting: a slow model gets fewer runs in a block. */
    budgetSeconds: z.number().gt(0).max(3600).default(120),
    /** Live frames on which the variants' labels are compared, at most. */
    samples: z.int().min(1).max(64).default(64),
    /** For everything, waiting for idle moments included; a device that needs longer gives up. */
    deadlineSeconds: z.int().min(1).max(86_400).default(3600),
  })
  .prefault({});
export type BenchmarkPlan = z.infer<typeof BenchmarkPlan>;

/** What a device is asked to measure: every variant of one version. */
export const BenchmarkTask = z
  .strictObject({
    model: ModelName,
    version: VersionName,
    variants: z
      .array(z.strictObject({ variant: VariantName, bundle: BundleRef }))
      .min(1)
      .max(MAX_BENCHMARK_VARIANTS),
    plan: BenchmarkPlan,
  })
  .refine(
    ({ variants }) => new Set(variants.map(({ variant }) => variant)).size === variants.length,
    'variants must be distinct',
  );
export type BenchmarkTask = z.infer<typeof BenchmarkTask>;

/** Why a device does not do what a command asks, beside the reasons of the command's own bytes. */
export const BENCHMARK_REASONS = [
  ...DEPLOYMENT_REASONS,
  'command-expired',
  'command-replayed',
  'no-memory',
  'out-of-time',
  'gave-up',
  'cancelled',
  'results-invalid',
] as const;

export const BenchmarkReason = z.strictObject({
  code: z.enum(BENCHMARK_REASONS),
  detail: z.string().max(500),
});
export type BenchmarkReason = z.infer<typeof BenchmarkReason>;

/** Progress of a device: `step` is for a person. */
export const BenchmarkProgress = z.strictObject({
  done: z.int().min(0).max(1_000_000),
  total: z.int().min(1).max(1_000_000),
  step: z.string().max(200),
});
export type BenchmarkProgress = z.infer<typeof BenchmarkProgress>;

/** What one variant showed on the device, or why it cannot be used there. */
export const BenchmarkResult = z
  .strictObject({
    variant: VariantName,
    bundle: Sha256,
    figures: VariantFigures.nullable(),
    /** Where the variant is unfit: it does not load here, or breaks its golden samples. */
    unfit: BenchmarkReason.nullable(),
  })
  .refine(({ figures, unfit }) => (figures === null) !== (unfit === null), 'must have figures or be unfit');
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;

/** A variant that is unfit for a hardware class, by the newest report of one of its devices. */
export const UnfitVariantView = z.object({
  variant: VariantName,
  hardwareClass: z.string(),
  device: DeviceId,
  measuredAt: Timestamp,
  reason: BenchmarkReason,
});
export type UnfitVariantView = z.infer<typeof UnfitVariantView>;
