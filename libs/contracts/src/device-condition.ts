import { z } from 'zod';
import { Timestamp } from './names.js';

/** A lasting trouble, as the device sees it: every report lists it until it is over. */
export const DEVICE_CONDITIONS = [
  /** The source cannot be listed or holds nothing, or a camera gives no frames. */
  'source-unreadable',
  /** A camera sends the very same frame again and again. */
  'picture-frozen',
  /** A camera sends frames without light. */
  'picture-black',
  /** A model runs and a source is configured, and no frame has come for minutes. */
  'no-frames',
  /** Frames are no images, or do not fit the model's input. */
  'frames-rejected',
  /** Accepted frames get no answer, from the edge or the cloud. */
  'frames-unanswered',
  /** The cloud fallback is enabled and does not answer. */
  'fallback-open',
  /** A sink cannot keep results. */
  'results-dropped',
  /** A receiver does not take results; they wait on the device's disk. */
  'results-waiting',
  /** What triggers a stream, the plant's broker or a PLC, cannot be heard. */
  'trigger-unheard',
  /** The device's clock and the server's are minutes apart. */
  'clock-off',
  /** The processor is hotter than it should be. */
  'too-hot',
  /** The processor is slowed down by heat or want of power. */
  'throttled',
] as const;

export const DeviceCondition = z.strictObject({
  code: z.enum(DEVICE_CONDITIONS),
  since: Timestamp,
  detail: z.string().max(300),
  /** How many of the latest frames it affects. */
  share: z.number().min(0).max(1).exactOptional(),
});
export type DeviceCondition = z.infer<typeof DeviceCondition>;
