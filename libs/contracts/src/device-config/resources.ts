import { z } from 'zod';
import { ModelName } from '../names.js';

/** What one model may take of the machine. */
const ModelResources = z.strictObject({
  /** In the place of what its rollout says. */
  threads: z.int().min(1).max(64).exactOptional(),
  /** Of its process: 19 gives way to everything. */
  nice: z.int().min(0).max(19).exactOptional(),
});

export const Resources = z.strictObject({
  models: z.record(ModelName, ModelResources).default({}),
});
export type Resources = z.infer<typeof Resources>;
