import { z } from 'zod';
import { BenchmarkPlan, BenchmarkProgress, BenchmarkReason, BenchmarkResult } from '../benchmark.js';
import { DeviceId, ModelName, Timestamp, VersionName } from '../names.js';

export const RequestBenchmark = z.strictObject({
  model: ModelName,
  version: VersionName,
  plan: BenchmarkPlan,
  /** The device is waited for no longer than this. */
  expiresInSeconds: z
    .int()
    .min(10)
    .max(30 * 86_400)
    .default(86_400),
});
export type RequestBenchmark = z.infer<typeof RequestBenchmark>;

export const BENCHMARK_STATES = [
  'requested',
  'running',
  'succeeded',
  'failed',
  'expired',
  'cancelled',
] as const;
export const BenchmarkState = z.enum(BENCHMARK_STATES);
export type BenchmarkState = z.infer<typeof BenchmarkState>;

/** One device's measurement of one version's variants. */
export const BenchmarkView = z.object({
  id: z.uuid(),
  device: DeviceId,
  model: ModelName,
  version: VersionName,
  state: BenchmarkState,
  requestedAt: Timestamp,
  expiresAt: Timestamp,
  endedAt: Timestamp.nullable(),
  progress: BenchmarkProgress.nullable(),
  reason: BenchmarkReason.nullable(),
  /** The class under which the figures are kept with the version; null until it has succeeded. */
  hardwareClass: z.string().nullable(),
  results: z.array(BenchmarkResult),
});
export type BenchmarkView = z.infer<typeof BenchmarkView>;
