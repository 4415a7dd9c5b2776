import { z } from 'zod';
import { ContingencyTable, FallbackReason, LatencySketch } from './evidence.js';
import { DeviceId, ModelName, Sequence, Sha256, Timestamp, VariantName, VersionName } from './names.js';
import { windowFault } from './window-fault.js';

const count = z.int().min(0);

/** One of the versions that a device holds, named so that two deployments of one version are told apart. */
export const RunningVersion = z.strictObject({
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  bundle: Sha256,
  sequence: Sequence,
});
export type RunningVersion = z.infer<typeof RunningVersion>;

const WindowShape = z.strictObject({
  schema: z.literal('hamon.window/1'),
  /** Unique per device; repeated on redelivery, so that ingestion counts a window once. */
  id: z.uuid(),
  device: DeviceId,
  startedAt: Timestamp,
  endedAt: Timestamp,
  answering: RunningVersion,
  inferences: count,
  errors: count,
  skipped: count,
  /**
   * Frames that came and were refused before any model saw them, by what is wrong with them: no image that decodes, or a
   * tensor that does not fit the answering version's input. They are neither inferences nor errors. Absent where there
   * were none.
   */
  rejected: z.strictObject({ undecodable: count, mismatched: count }).exactOptional(),
  /** Answers that the cloud gave, by reason. */
  fallbacks: z.partialRecord(FallbackReason, count),
  /**
   * Frames that came while the version was stopped to free memory for testing another one: not its fault.
   * Those that the cloud answered are among its answers for `worker-down`; the others are not among the errors.
   */
  unloaded: z.strictObject({ rescued: count, unanswered: count }).optional(),
  /** Edge answers by label. */
  labels: z
    .record(z.string().max(100), count)
    .refine((l) => Object.keys(l).length <= 1000, 'at most 1000 labels'),
  /** The answering version's inference latency at the edge, child process included, decoding excluded. */
  latencyMs: LatencySketch,
  /** Edge answers by top probability, 20 equal bins over [0, 1]. */
  confidence: z.array(count).length(20),
  rssMb: z.strictObject({ supervisor: z.number().min(0), worker: z.number().min(0) }),
  /** The other loaded version on the same frames: the candidate before activation, the previous one after it. */
  shadow: z
    .strictObject({
      role: z.enum(['candidate', 'previous']),
      version: RunningVersion,
      inferences: count,
      errors: count,
      latencyMs: LatencySketch,
      /** Absent where the two versions' labels differ. */
      paired: ContingencyTable.optional(),
    })
    .optional(),
});
/**
 * `hamon.window/1`: one aggregated interval of a device's telemetry. It belongs to exactly one answering version:
 * a swap closes the window. Counters are exact and per window, not cumulative.
 */
export const TelemetryWindow = WindowShape.superRefine((window, context) => {
  const fault = windowFault(window);
  if (fault) context.addIssue({ code: 'custom', path: [...fault.path], message: fault.rule });
});
export type TelemetryWindow = z.infer<typeof TelemetryWindow>;
