import { z } from 'zod';
import { FrameSize } from '../inference-result.js';
import { DeviceId, ModelName, Sha256, StreamName, Timestamp, VersionName } from '../names.js';
import { printable } from '../printable.js';
import { SampleReason } from '../sample.js';
import { SampleTruth, TruthLabel } from '../sample-truth.js';
import { TaskName } from '../tasks/tasks.js';
import { ListQuery, Why } from './common.js';

/** Filters of the samples beside `where`: words that a selector cannot write, and times. */
export const SampleQuery = ListQuery.extend({
  device: DeviceId.optional(),
  stream: StreamName.optional(),
  model: ModelName.optional(),
  version: VersionName.optional(),
  reason: SampleReason.optional(),
  /** One of the labels that people gave it. */
  label: TruthLabel.optional(),
  /** Whether anybody has labelled it … */
  labelled: z.enum(['true', 'false']).optional(),
  /** … for this task. */
  labelledAs: TaskName.optional(),
  /** Answered at this time or later, and before that one. */
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type SampleQuery = z.infer<typeof SampleQuery>;

/** The newest label of a sample for one task. */
export const SampleLabelView = z.object({
  task: z.string(),
  words: z.array(z.string()),
  at: Timestamp,
  /** Whose token said so. */
  by: z.string(),
  /** The person, where the token speaks for several. */
  annotator: z.string().nullable(),
});
export type SampleLabelView = z.infer<typeof SampleLabelView>;

/** A picture that a device sent, without what takes room. */
export const SampleView = z.object({
  id: z.uuid(),
  device: DeviceId,
  stream: StreamName,
  /** When it was answered. */
  at: Timestamp,
  receivedAt: Timestamp,
  /** When it will be deleted, as the fleet's policy is now. */
  expiresAt: Timestamp,
  reasons: z.array(z.string()),
  /** What answered; null where nobody did. */
  model: ModelName.nullable(),
  version: VersionName.nullable(),
  task: z.string().nullable(),
  verdict: z.string().nullable(),
  confidence: z.number().nullable(),
  sha256: Sha256,
  bytes: z.int(),
  mediaType: z.string(),
  size: FrameSize,
  /** By task. */
  labels: z.array(SampleLabelView),
});
export type SampleView = z.infer<typeof SampleView>;

/** One line of the history of a sample's labels. */
export const GivenLabelView = SampleLabelView.extend({ truth: SampleTruth });
export type GivenLabelView = z.infer<typeof GivenLabelView>;

/** A sample with what was answered about it, and all that people said of it, newest first. */
export const StoredSampleView = SampleView.extend({
  /** `hamon.sample/1`, as the device sent it. */
  meta: z.record(z.string(), z.unknown()),
  history: z.array(GivenLabelView),
});
export type StoredSampleView = z.infer<typeof StoredSampleView>;

/** What `PUT /v1/samples/{sha256}` answers. */
export const TakenSampleView = z.object({
  id: z.uuid(),
  sha256: Sha256,
  /** False where it was there already. */
  isNew: z.boolean(),
});
export type TakenSampleView = z.infer<typeof TakenSampleView>;

/** Before its time: somebody asked for it, or it should never have been kept. */
export const DeleteSampleQuery = z.object({ why: Why });
export type DeleteSampleQuery = z.infer<typeof DeleteSampleQuery>;

export const DeletedSampleView = z.object({ id: z.uuid() });
export type DeletedSampleView = z.infer<typeof DeletedSampleView>;

const Annotator = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => text === printable(text), 'must be one line, without control characters');

/** What somebody says of a picture. It takes the place of what was said before for the same task; the history is kept. */
export const GiveFeedback = z
  .strictObject({
    /** A sample by its id, … */
    sample: z.uuid().optional(),
    /** … or the record (`hamon.record/2`) that it was kept of. */
    record: z.strictObject({ device: DeviceId, stream: StreamName, id: z.uuid() }).optional(),
    truth: SampleTruth,
    annotator: Annotator.optional(),
  })
  .refine(({ sample, record }) => (sample === undefined) !== (record === undefined), {
    path: ['sample'],
    message: 'name a sample or a record, one of both',
  });
export type GiveFeedback = z.infer<typeof GiveFeedback>;

export const FeedbackView = GivenLabelView.extend({ sample: z.uuid() });
export type FeedbackView = z.infer<typeof FeedbackView>;
