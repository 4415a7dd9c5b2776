import { z } from 'zod';
import { ModelName, VariantName, VersionName } from './names.js';

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
