import { z } from 'zod';
import { Region } from './device-config/fields.js';
import { ModelName, StreamName, Timestamp, VariantName, VersionName } from './names.js';
import { TASK_NAMES, TASK_SCHEMAS, type AnswerOf, type TaskName } from './tasks/tasks.js';

/** Of the frame as it came, upright. */
export const FrameSize = z.strictObject({ width: z.int().min(1), height: z.int().min(1) });
export type FrameSize = z.infer<typeof FrameSize>;

const common = {
  schema: z.literal('hamon.result/2'),
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  source: z.enum(['edge', 'cloud']),
  latencyMs: z.number().min(0),
  frame: FrameSize,
};

const resultOf = <T extends TaskName>(task: T) =>
  z.strictObject({ ...common, task: z.literal(task), output: TASK_SCHEMAS[task].answer });

const results = TASK_NAMES.map(resultOf);

/** `hamon.result/2`: one answered frame, from the edge or the cloud. `output` is of the task that `task` names. */
export const InferenceResult = z.discriminatedUnion('task', results as [(typeof results)[number]]);
export interface InferenceResult {
  readonly schema: 'hamon.result/2';
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly task: TaskName;
  readonly source: 'edge' | 'cloud';
  readonly latencyMs: number;
  readonly frame: FrameSize;
  readonly output: AnswerOf;
}

/** The same as one object, for the description of the HTTP API. */
export const InferenceResultView = z.object({
  ...common,
  task: z.enum(TASK_NAMES),
  output: z.union(TASK_NAMES.map((name) => TASK_SCHEMAS[name].answer)),
});

/** The answer that a frame was cut out of. */
const Parent = z.strictObject({
  id: z.uuid(),
  stream: StreamName,
  label: z.string().max(100).exactOptional(),
  /** What was cut out, in pixels of the frame that the answer is about. */
  box: Region,
});

/** Where a frame came from, as far as it is known. */
export const FrameOrigin = z.strictObject({
  /** The same for one frame however often its record is made. */
  id: z.uuid(),
  /** `id` of the first record of a chain of streams. */
  trace: z.uuid(),
  parent: Parent.exactOptional(),
  /** When the picture was taken, or came here. */
  takenAt: Timestamp.exactOptional(),
  /** It was answered before, by an agent that was killed before it could say so. */
  repeat: z.literal(true).exactOptional(),
  trigger: z
    .strictObject({ kind: z.string().max(20), correlation: z.string().max(256).exactOptional() })
    .exactOptional(),
});
export type FrameOrigin = z.infer<typeof FrameOrigin>;

export const FrameVerdict = z.enum(['ok', 'defect']);
export type FrameVerdict = z.infer<typeof FrameVerdict>;

/** `hamon.record/2`: what became of one frame, for consumers of the answers; exactly one of `result` and `error`. */
export const ResultRecord = z
  .strictObject({
    schema: z.literal('hamon.record/2'),
    at: Timestamp,
    stream: StreamName,
    ...FrameOrigin.partial({ id: true, trace: true }).shape,
    /** The frame's name, where its source gave one. */
    frame: z.string().max(4096).optional(),
    /** The part of the source's frame that the model saw; boxes are in pixels of that part. */
    region: Region.exactOptional(),
    /** Where the stream says what a defect is, or the task does. */
    verdict: FrameVerdict.exactOptional(),
    result: InferenceResult.optional(),
    error: z
      .strictObject({
        code: z.string().max(40),
        detail: z.string(),
        retryAfterMs: z.number().min(0).optional(),
      })
      .optional(),
  })
  .refine(
    ({ result, error }) => (result === undefined) !== (error === undefined),
    'exactly one of result and error',
  );
export type ResultRecord = Omit<z.infer<typeof ResultRecord>, 'result'> & {
  readonly result?: InferenceResult | undefined;
};
