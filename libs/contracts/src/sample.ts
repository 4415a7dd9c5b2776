import { z } from 'zod';
import { Region } from './device-config/fields.js';
import { FrameSize, InferenceResult } from './inference-result.js';
import { DeviceId, ModelName, Sha256, StreamName, Timestamp, VariantName, VersionName } from './names.js';
import { describeProblems, fieldProblems } from './problem.js';
import { err, ok, type Result } from './result.js';
import { TASK_NAMES } from './tasks/tasks.js';

/** Why a picture was kept. */
export const SAMPLE_REASONS = [
  /** The answer is a defect by the stream's rule. */
  'defect',
  'low-confidence',
  /** The cloud was asked, and said something else than the edge. */
  'edge-cloud',
  /** The version in the shadow said something else than the one that answers. */
  'shadow-current',
  /** The stream's pictures have changed, and an alarm stands. */
  'drift',
  /** By chance, so that what nobody looks for is seen too. */
  'random',
] as const;
export const SampleReason = z.enum(SAMPLE_REASONS);
export type SampleReason = z.infer<typeof SampleReason>;

/** Longest picture that is kept and taken. */
export const MAX_SAMPLE_PICTURE_BYTES = 32 * 1024 ** 2;
/** What is said about a picture, as JSON; where an answer takes more, its mask is left out, then the answer. */
export const MAX_SAMPLE_META_BYTES = 64 * 1024;
/** Counted no further than that, however many regions were made unrecognisable. */
export const MAX_SAMPLE_BLURRED = 64;

/** The least that a sample takes of a budget: a row and a file of their own cost that much. */
const MIN_SAMPLE_CHARGE_BYTES = 4096;

/** What a sample takes of the bytes of a day and of its fleet: the picture and what is said about it. */
export const sampleCharge = (pictureBytes: number, metaBytes: number): number =>
  Math.max(MIN_SAMPLE_CHARGE_BYTES, pictureBytes + metaBytes);

const AnsweredBy = z.strictObject({
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  task: z.enum(TASK_NAMES),
});

/**
 * `hamon.sample/1`: a picture that a device kept, and what was answered about it. The picture is named by its own digest:
 * two samples may share one.
 */
export const SampleMeta = z.strictObject({
  schema: z.literal('hamon.sample/1'),
  /** Of the answered frame (`hamon.record/2`), where it has one; unique per device, the same when it is sent again. */
  id: z.uuid(),
  device: DeviceId,
  stream: StreamName,
  /** When it was answered. */
  at: Timestamp,
  /** When its frame was taken, where the source says so. */
  takenAt: Timestamp.exactOptional(),
  reasons: z.array(SampleReason).min(1).max(SAMPLE_REASONS.length),
  /** Of the picture as it was kept. */
  sha256: Sha256,
  bytes: z.int().min(1).max(MAX_SAMPLE_PICTURE_BYTES),
  mediaType: z.enum(['image/png', 'image/jpeg']),
  /** Of the picture as it was kept, which is what the model saw: boxes of the answer are in its pixels. */
  size: FrameSize,
  /** Where the picture lies in the source's frame, in that one's pixels; absent where it is all of it. */
  region: Region.exactOptional(),
  /** Regions that were made unrecognisable before anything was kept. */
  blurred: z.int().min(0).max(MAX_SAMPLE_BLURRED),
  /** The frame's name, where its source gave one. */
  frame: z.string().max(4096).exactOptional(),
  verdict: z.enum(['ok', 'defect']).exactOptional(),
  /** From 0 to 1, where the task has such a figure. */
  confidence: z.number().min(0).max(1).exactOptional(),
  /** What answered; it stays where the answer itself takes too much room. */
  answeredBy: AnsweredBy.exactOptional(),
  /** What was answered; absent where nobody had an answer. */
  result: InferenceResult.exactOptional(),
  /** The answer that disagreed with it. */
  other: InferenceResult.exactOptional(),
  /** The answers were left out, or the pixels of their masks, because they take too much room. */
  isShortened: z.literal(true).exactOptional(),
});
export type SampleMeta = Omit<z.infer<typeof SampleMeta>, 'result' | 'other'> & {
  readonly result?: InferenceResult;
  readonly other?: InferenceResult;
};

/**
 * `hamon.sample-policy/1`: what a fleet lets its devices send (`GET /v1/samples/policy` with a device's token). Nothing
 * unless it says so.
 */
export const SampleUploadPolicy = z.object({
  schema: z.literal('hamon.sample-policy/1'),
  upload: z.boolean(),
  /** Of pictures and what is said about them (`sampleCharge`), from midnight to midnight UTC. */
  maxBytesPerDeviceDay: z.int().min(0),
  /** What is left of it today, or of what the fleet may keep in all where that is less; what takes more would be refused. */
  bytesLeftToday: z.int().min(0).exactOptional(),
});
export type SampleUploadPolicy = z.infer<typeof SampleUploadPolicy>;

/** The body of `PUT /v1/samples/{sha256}`: see `encodeSample`. */
export const SAMPLE_MEDIA_TYPE = 'application/vnd.hamon.sample.1';
/** Bytes before the metadata. */
export const SAMPLE_HEAD_BYTES = 4;

/**
 * One body for a picture and what is said about it: the metadata's length as a 32-bit big-endian number, the metadata as
 * JSON, and the picture to the end. Headers are too short for an answer with many boxes.
 */
export function encodeSample(meta: SampleMeta, picture: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(meta));
  const body = new Uint8Array(SAMPLE_HEAD_BYTES + json.byteLength + picture.byteLength);
  new DataView(body.buffer).setUint32(0, json.byteLength);
  body.set(json, SAMPLE_HEAD_BYTES);
  body.set(picture, SAMPLE_HEAD_BYTES + json.byteLength);
  return body;
}

/** A whole body → its two parts, or one sentence. That the picture has its digest is the caller's to check. */
export function decodeSample(
  body: Uint8Array,
): Result<{ readonly meta: SampleMeta; readonly picture: Uint8Array }, string> {
  if (body.byteLength < SAMPLE_HEAD_BYTES) return err('the body is shorter than the length of its metadata');
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0);
  if (length > MAX_SAMPLE_META_BYTES) {
    return err(`the metadata has ${length} bytes, at most ${MAX_SAMPLE_META_BYTES}`);
  }
  const end = SAMPLE_HEAD_BYTES + length;
  if (body.byteLength < end) return err('the body ends within its metadata');
  const picture = body.subarray(end);
  let json: unknown;
  try {
    json = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(SAMPLE_HEAD_BYTES, end)),
    );
  } catch {
    return err('the metadata is no JSON');
  }
  const parsed = SampleMeta.safeParse(json);
  if (!parsed.success) return err(describeProblems(fieldProblems(parsed.error)));
  const meta = parsed.data as SampleMeta;
  if (meta.bytes !== picture.byteLength) {
    return err(`bytes: is ${meta.bytes}, and the picture has ${picture.byteLength}`);
  }
  return ok({ meta, picture });
}
