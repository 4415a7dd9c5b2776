import { z } from 'zod';
import { ModelName, Sha256, Timestamp, VersionName } from '../names.js';
import { HistoryEvent } from './history-event.js';

/** In both lists together. */
export const MAX_SAMPLES = 10_000;
export const MAX_SAMPLE_BYTES = 2 * 1024 ** 3;

const SAMPLE_RULE =
  'must be FILE or CLASS/FILE, without hidden names or "\\", FILE ending in .png, .jpg or .jpeg; or in images/, masks/, ground_truth/ or labels/ (.txt); or annotations.json, values.csv or classes.txt';
/** `ground_truth/FAULT/NAME_mask.png`, `images/LINE/NAME.png`. */
const MAX_NAMES = 4;
const DEEP = /^(images|masks|ground_truth|labels)\//;
const IMAGE = /\.(png|jpe?g)$/i;
/** What says what images show, by the forms that folders have. */
const TOLD = /^(annotations\.json|values\.csv|(labels\/)?classes\.txt|labels\/.+\.txt)$/;
/** Images that are no samples, and the folder that makes the others faults. */
const SPECIAL = /^(masks|ground_truth|good)\//;
/** Longer names do not fit on disks. */
const MAX_NAME_BYTES = 200;
// eslint-disable-next-line no-control-regex -- they are what is refused
const UNSAFE = /^\.|[\\\u0000-\u001f\u007f]/;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

function isSamplePath(path: string): boolean {
  const names = path.split('/');
  return (
    names.length <= (DEEP.test(path) ? MAX_NAMES : 2) &&
    names.every((name) => name !== '' && !UNSAFE.test(name) && bytesOf(name) <= MAX_NAME_BYTES) &&
    (IMAGE.test(path) || TOLD.test(path))
  );
}

/**
 * One image of a calibration or evaluation set, or a file that says what they show; its bytes were put to
 * `artifacts/{sha256}` before.
 */
export const CompressionSample = z.strictObject({
  /** Inside the set, as in a folder that `hamon compress` takes. */
  path: z
    .string()
    .max(MAX_NAMES * (MAX_NAME_BYTES + 1))
    .refine(isSamplePath, SAMPLE_RULE),
  sha256: Sha256,
  length: z.int().min(1),
});
export type CompressionSample = z.infer<typeof CompressionSample>;

const Samples = z
  .array(CompressionSample)
  .min(1)
  .max(MAX_SAMPLES)
  .refine(
    (samples) => new Set(samples.map(({ path }) => path)).size === samples.length,
    'paths must be distinct',
  )
  .refine((samples) => {
    if (samples.some(({ path }) => TOLD.test(path) || SPECIAL.test(path))) return true;
    const [depth = 0, ...others] = new Set(samples.map(({ path }) => path.split('/').length));
    return depth <= 2 && others.length === 0;
  }, 'must lie all in class subfolders or none of them, where nothing else says what they show');

/** The sets of samples, by their purpose. */
export const SAMPLE_SETS = ['calibration', 'evaluation'] as const;
export type SampleSet = (typeof SAMPLE_SETS)[number];

export const StartCompression = z
  .strictObject({
    model: ModelName,
    /** What to make variants of. */
    sourceVersion: VersionName,
    /** Version name of the result. */
    resultVersion: VersionName,
    /** A `hamon.recipe/1`. */
    recipe: z.record(z.string(), z.unknown()),
    /** Variants are made and chosen with these. */
    calibration: Samples.optional(),
    /** For the report only. */
    evaluation: Samples.optional(),
  })
  .superRefine(({ calibration = [], evaluation = [] }, context) => {
    const all = [...calibration, ...evaluation];
    const path = ['calibration'];
    if (all.length > MAX_SAMPLES)
      context.addIssue({
        code: 'custom',
        path,
        message: `and evaluation may hold ${MAX_SAMPLES} samples together`,
      });
    if (all.reduce((sum, { length }) => sum + length, 0) > MAX_SAMPLE_BYTES)
      context.addIssue({
        code: 'custom',
        path,
        message: `and evaluation may hold ${MAX_SAMPLE_BYTES} bytes together`,
      });
  });
export type StartCompression = z.infer<typeof StartCompression>;

export const COMPRESSION_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const CompressionState = z.enum(COMPRESSION_STATES);
export type CompressionState = z.infer<typeof CompressionState>;

export const hasCompressionEnded = (state: CompressionState): boolean =>
  state !== 'queued' && state !== 'running';

/** Progress of a run: `done` of `total` steps of the phase. */
export const CompressionProgress = z.object({
  phase: z.string(),
  text: z.string(),
  done: z.number(),
  total: z.number(),
});
export type CompressionProgress = z.infer<typeof CompressionProgress>;

const SampleCount = z.object({ samples: z.int(), bytes: z.int() });

export const CompressionView = z.object({
  id: z.uuid(),
  model: ModelName,
  sourceVersion: VersionName,
  resultVersion: VersionName,
  /** As it is carried out, with defaults filled in. */
  recipe: z.record(z.string(), z.unknown()),
  calibration: SampleCount.nullable(),
  evaluation: SampleCount.nullable(),
  state: CompressionState,
  /** Null before the first run. */
  progress: CompressionProgress.nullable(),
  /** Runs that were started. */
  attempts: z.int(),
  /** Why it failed, or why it waits for another attempt. */
  reason: z.object({ code: z.string(), detail: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
});
export type CompressionView = z.infer<typeof CompressionView>;

export const CompressionEventView = HistoryEvent;
export type CompressionEventView = HistoryEvent;
