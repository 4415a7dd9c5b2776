import { z } from 'zod';
import { DeviceId, Timestamp, VariantName } from './names.js';

const milliseconds = z.number().min(0).max(3_600_000);
const share = z.number().min(0).max(1);

/** Of single runs at batch 1, one at a time. */
export const LatencyFigures = z.strictObject({
  threads: z.int().min(1).max(4096),
  runs: z.int().min(1),
  p50Ms: milliseconds,
  p95Ms: milliseconds,
});
export type LatencyFigures = z.infer<typeof LatencyFigures>;

/** The headline figure of a task over labelled samples: more is better, 1 is perfect; it may be below 0 (R²). */
export const HeadlineFigure = z.strictObject({
  /** `accuracy`, `mAP50`, `mIoU` … */
  metric: z.string().min(1).max(100),
  value: z.number(),
});
export type HeadlineFigure = z.infer<typeof HeadlineFigure>;

/** What one variant measured on one machine. */
export const VariantFigures = z.strictObject({
  /** Length of the ONNX file. */
  bytes: z.int().min(1),
  oneThread: LatencyFigures,
  /** At as many threads as there are cores; absent where there is one core, or it was not measured. */
  allThreads: LatencyFigures.exactOptional(),
  /** Peak resident memory of an inference process with this variant alone, in MiB. */
  rssMb: z.number().min(0),
  loadMs: milliseconds,
  /** Samples behind the shares below. */
  samples: z.int().min(0),
  /** Share of right labels, where labels were known. */
  accuracy: share.exactOptional(),
  /** In the measure of the model's task, where it was known what the samples show. */
  quality: HeadlineFigure.exactOptional(),
  /** Share of samples with the label that the original gave on the same machine. */
  agreement: share.exactOptional(),
  /** For other tasks, and models without any: how far the outputs are from the original's, by the task's measure. */
  outputError: z.number().min(0).exactOptional(),
});
export type VariantFigures = z.infer<typeof VariantFigures>;

export const PROFILE_SOURCES = ['compression', 'device'] as const;

/** One variant's newest measurement on a hardware class, as the API shows it. */
export const VariantProfileView = z.object({
  variant: VariantName,
  hardwareClass: z.string(),
  /** Who measured: the machine that compressed the version, or a device in its idle time. */
  source: z.enum(PROFILE_SOURCES),
  device: DeviceId.nullable(),
  measuredAt: Timestamp,
  figures: VariantFigures,
});
export type VariantProfileView = z.infer<typeof VariantProfileView>;
