import { z } from 'zod';
import { FallbackReason, LatencySketch } from './evidence.js';
import {
  DeviceId,
  MAIN_STREAM,
  ModelName,
  Sequence,
  Sha256,
  StreamName,
  Timestamp,
  VariantName,
  VersionName,
} from './names.js';
import { ContingencyTable } from './tasks/contingency-table.js';
import { ConfidenceHistogram, count, LabelCounts } from './tasks/fields.js';
import { TaskComparison, TaskSummary, ThresholdOverride } from './tasks/tasks.js';
import { versioned } from './versioned.js';
import { WindowMachine } from './window-machine.js';
import { windowFault } from './window-fault.js';

/** One of the versions that a device holds, named so that two deployments of one version are told apart. */
export const RunningVersion = z.strictObject({
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  bundle: Sha256,
  sequence: Sequence,
});
export type RunningVersion = z.infer<typeof RunningVersion>;

const common = {
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
  /** The answering version's latency at the edge: child process and decoding of its outputs included, that of the image not. */
  latencyMs: LatencySketch,
  rssMb: z.strictObject({ supervisor: z.number().min(0), worker: z.number().min(0) }),
};

const shadow = {
  role: z.enum(['candidate', 'previous']),
  version: RunningVersion,
  inferences: count,
  errors: count,
  latencyMs: LatencySketch,
};

const WindowV2 = z.strictObject({
  schema: z.literal('hamon.window/2'),
  ...common,
  /** Where the frames came from. */
  stream: StreamName,
  /** What the rollout put in the place of the bundle's threshold. */
  threshold: ThresholdOverride.exactOptional(),
  /** Of the frames left out, those that keep the device to its budget of processor time. Absent where there were none. */
  paced: count.exactOptional(),
  /** Absent in windows of earlier agents, and where nothing can be read. */
  machine: WindowMachine.exactOptional(),
  /** Of the edge's answers. */
  summary: TaskSummary,
  /** The other loaded version on the same frames: the candidate before activation, the previous one after it. */
  shadow: z
    .strictObject({
      ...shadow,
      /** The answering version first; absent where the two versions' answers cannot be compared. */
      comparison: TaskComparison.exactOptional(),
    })
    .optional(),
});

/** The schema `hamon.window/2` alone, as it is stored and shown. */
export const CurrentWindow = WindowV2.superRefine((window, context) => {
  const fault = windowFault(window);
  if (fault) context.addIssue({ code: 'custom', path: [...fault.path], message: fault.rule });
});
export type TelemetryWindow = z.infer<typeof CurrentWindow>;

/** `hamon.window/1`, of agents of the former release: one stream, classification. */
const WindowV1 = z
  .strictObject({
    schema: z.literal('hamon.window/1'),
    ...common,
    labels: LabelCounts,
    confidence: ConfidenceHistogram,
    shadow: z.strictObject({ ...shadow, paired: ContingencyTable.optional() }).optional(),
  })
  .transform(({ labels, confidence, shadow: other, ...rest }): z.input<typeof WindowV2> => ({
    ...rest,
    schema: 'hamon.window/2',
    stream: MAIN_STREAM,
    summary: {
      kind: 'classification/1',
      answers: rest.inferences,
      labels,
      others: 0,
      confidence,
    },
    ...(other && { shadow: withComparison(other) }),
  }))
  .pipe(CurrentWindow);

function withComparison<T extends { readonly paired?: ContingencyTable | undefined }>({
  paired,
  ...rest
}: T) {
  if (!paired) return rest;
  const frames = paired.cells.reduce((sum, [, , n]) => sum + n, 0);
  return { ...rest, comparison: { kind: 'classification/1' as const, frames, table: paired } };
}

/**
 * One aggregated interval of a device's telemetry. It belongs to exactly one stream and one answering version: a swap closes
 * the window. Counters are exact and per window, not cumulative. What an agent of the former release sends
 * (`hamon.window/1`) becomes a `hamon.window/2` as it is read.
 */
export const TelemetryWindow = versioned<TelemetryWindow>(CurrentWindow, {
  schema: 'hamon.window/1',
  reader: WindowV1,
});
