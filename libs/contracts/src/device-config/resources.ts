import { z } from 'zod';
import { MAX_MODELS, ModelName } from '../names.js';

/**
 * Where onnxruntime may run a model, by its own names. Which of them a device has is a matter of its build and its hardware:
 * one that cannot be had is left out, told, and `cpu` answers.
 * @see https://onnxruntime.ai/docs/execution-providers/
 */
export const EXECUTION_PROVIDERS = [
  'cpu',
  'xnnpack',
  'openvino',
  'cuda',
  'tensorrt',
  'coreml',
  'dml',
  'qnn',
  'webgpu',
] as const;
export const ExecutionProvider = z.enum(EXECUTION_PROVIDERS);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** What one model may take of the machine. */
const ModelResources = z.strictObject({
  /** In the place of what its rollout says: the device knows what else runs on it. */
  threads: z.int().min(1).max(64).exactOptional(),
  /** Of its process: 19 gives way to everything. Below the agent's own it needs a privilege (`CAP_SYS_NICE`). */
  nice: z.int().min(-20).max(19).exactOptional(),
  /** In the order in which they are tried; `cpu` comes last by itself. */
  executionProviders: z
    .array(ExecutionProvider)
    .min(1)
    .max(EXECUTION_PROVIDERS.length)
    .refine((names) => new Set(names).size === names.length, 'each provider is named once')
    .exactOptional(),
});
export type ModelResources = z.infer<typeof ModelResources>;

/** What the agent and its models may take of the machine, and how its heat and energy are judged. */
export const Resources = z.strictObject({
  models: z
    .record(ModelName, ModelResources)
    .refine((models) => Object.keys(models).length <= MAX_MODELS, `at most ${MAX_MODELS} models`)
    .default({}),
  cpu: z
    .strictObject({
      /** Cores' worth that the agent, its models and the programs that it starts take together: 1.5 is one and a half cores. */
      budget: z.number().min(0.05).max(1024).exactOptional(),
    })
    .prefault({}),
  heat: z
    .strictObject({
      /** From here on the device is `too-hot`. Most processors slow down between 80 and 100. */
      limitCelsius: z.number().min(30).max(125).default(85),
    })
    .prefault({}),
  energy: z
    .strictObject({
      /** Measured at the plug, for machines without a sensor: what one busy core adds. It is still reported as an estimate. */
      wattsPerCore: z.number().gt(0).max(1000).exactOptional(),
    })
    .prefault({}),
});
export type Resources = z.infer<typeof Resources>;
