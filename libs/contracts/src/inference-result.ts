import { z } from 'zod';
import { ModelName, Timestamp, VariantName, VersionName } from './names.js';

export const ClassificationOutput = z.strictObject({
  label: z.string(),
  confidence: z.number(),
  probabilities: z.array(z.number()),
});
export type ClassificationOutput = z.infer<typeof ClassificationOutput>;

/** `hamon.result/1`: one answered frame, from the edge or the cloud. */
export const InferenceResult = z.strictObject({
  schema: z.literal('hamon.result/1'),
  model: ModelName,
  version: VersionName,
  variant: VariantName,
  source: z.enum(['edge', 'cloud']),
  latencyMs: z.number().min(0),
  output: ClassificationOutput,
});
export type InferenceResult = z.infer<typeof InferenceResult>;

/** `hamon.record/1`: what became of one frame, for consumers of the answers; exactly one of `result` and `error`. */
export const ResultRecord = z
  .strictObject({
    schema: z.literal('hamon.record/1'),
    at: Timestamp,
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
export type ResultRecord = z.infer<typeof ResultRecord>;
