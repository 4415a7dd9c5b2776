import { z } from 'zod';
import { TASK_SCHEMAS } from './tasks/tasks.js';

const share = z.number().min(0).max(1);

/** What a stage must show before the ripple widens. Defaults suit an image classifier on a line. */
export const GatePolicy = z.strictObject({
  /** Share of the stage's devices that may refuse, roll back or not finish in time. */
  maxUpdateFailureRate: share.default(0.1),
  /**
   * Share of the stage's new devices that must have taken the version, refused it, or shown that they lack frames, before
   * the stage can pass; beside it at least one device of each hardware class. Retired devices do not count.
   */
  minReachedShare: share.default(0.5),
  /** Share of frames that may end in an error, and by how much it may exceed the control's. */
  maxErrorRate: share.default(0.02),
  /**
   * Share of frames above which no version passes, and one that is not better than the control fails, however bad the
   * control is. At least `maxErrorRate`, whatever is given.
   */
  errorRateCeiling: share.default(0.2),
  /** Frames that both versions answered, needed before agreement is judged, summed over the stage's devices. */
  minPairedFrames: z.int().min(20).max(10_000_000).default(120),
  /** Of classification: Cohen's kappa below which two versions do different jobs. */
  minKappa: z.number().min(-1).max(1).default(0.4),
  /** What two versions of one job keep, by task, each in its own measure. */
  tasks: z
    .strictObject({
      detection: TASK_SCHEMAS.detection.gate.prefault({}),
      segmentation: TASK_SCHEMAS.segmentation.gate.prefault({}),
      anomaly: TASK_SCHEMAS.anomaly.gate.prefault({}),
      regression: TASK_SCHEMAS.regression.gate.prefault({}),
    })
    .prefault({}),
  /** Two-sided confidence of each interval. */
  confidence: z.number().min(0.5).max(0.9999).default(0.99),
  latency: z
    .strictObject({
      /** Fails where p95 exceeds the control's by both. */
      maxRatio: z.number().min(1).default(1.5),
      maxExtraMs: z.number().min(0).default(5),
      minFrames: z.int().min(20).default(100),
    })
    .prefault({}),
  /** An inconclusive gate prolongs the watch up to this multiple of it, then the rollout pauses for a person. */
  maxWatchFactor: z.number().min(1).max(100).default(6),
  /**
   * An online device that has not finished its deployment by then counts as an update failure; as out of evidence where it
   * only lacks frames to compare the versions on.
   */
  deploymentTimeoutSeconds: z
    .number()
    .min(1)
    .max(30 * 86_400)
    .default(1800),
});
export type GatePolicy = z.infer<typeof GatePolicy>;
