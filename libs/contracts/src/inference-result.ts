import { z } from 'zod';
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

/** `hamon.record/2`: what became of one frame, for consumers of the answers; exactly one of `result` and `error`. */
export const ResultRecord = z
  .strictObject({
    schema: z.literal('hamon.record/2'),
    at: Timestamp,
    stream: StreamName,
    /** The frame's name, where its source gave one. */
    frame: z.string().max(4096).optional(),
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
