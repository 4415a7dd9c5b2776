import { z } from 'zod';
import { OBJECTIVES } from '../choose/constraints.js';
import { LatencyPlan } from '../measure/latency-plan.js';
import { CALIBRATORS } from '../quantize/options.js';
import { VARIANT_KINDS } from '../variant-build.js';

const nodeNames = z.array(z.string().min(1).max(1000)).max(100_000);
const blockSize = z.literal([16, 32, 64, 128, 256]);
const switched = z.enum(['auto', 'on', 'off']);

/** Keys of static int8 quantization; see `StaticQuantizationOptions`. */
const StaticKeys = z.strictObject({
  activations: z.enum(['u8', 's8']).exactOptional(),
  symmetricActivations: z.boolean().exactOptional(),
  calibrator: z.enum(['auto', ...CALIBRATORS]).exactOptional(),
  percentile: z.number().gt(0.5).max(1).exactOptional(),
  reduceRange: z.boolean().exactOptional(),
  biasCorrection: switched.exactOptional(),
  equalization: switched.exactOptional(),
  keepFloat: nodeNames.exactOptional(),
  maxSamples: z.int().min(2).max(100_000).exactOptional(),
});

/** The schema `hamon.recipe/1`: everything that decides what comes out of a model. Every key may be left out. */
export const Recipe = z.strictObject({
  schema: z.literal('hamon.recipe/1').default('hamon.recipe/1'),
  /** Variants to make, in order. */
  variants: z
    .array(z.enum(VARIANT_KINDS))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'variants must be distinct'),
  /** For every draw of samples. */
  seed: z.int().min(0).default(1),
  /** What the chosen variant must hold; judged on calibration samples only. */
  constraints: z
    .strictObject({
      maxAccuracyDrop: z.number().min(0).max(1).default(0.01),
      maxOutputError: z.number().min(0).default(0.01),
      maxP95Ms: z.number().gt(0).exactOptional(),
      maxRssMb: z.number().gt(0).exactOptional(),
      maxBytes: z.int().min(1).exactOptional(),
      objective: z.enum(OBJECTIVES).exactOptional(),
    })
    .prefault({}),
  /** `fp16`. */
  half: z.strictObject({ arithmetic: z.enum(['float32', 'float16']).exactOptional() }).prefault({}),
  /** `int8-static`, `int8-static-tensor` and what is int8 in others. */
  static: StaticKeys.prefault({}),
  /** `int8-mixed`: what it must hold on held-out calibration samples; `constraints.maxAccuracyDrop` counts as well. */
  mixed: z
    .strictObject({
      minAgreement: z.number().min(0).max(1).exactOptional(),
      maxDistance: z.number().min(0).exactOptional(),
    })
    .prefault({}),
  /** `pruned` and `pruned-int8`. */
  prune: z
    .strictObject({
      macsReduction: z.number().gt(0).lt(1).exactOptional(),
      channelMultiple: z.int().min(1).max(256).exactOptional(),
      minimumKept: z.number().gt(0).max(1).exactOptional(),
      keepLayers: nodeNames.exactOptional(),
      maxSamples: z.int().min(2).max(100_000).exactOptional(),
      mirror: z.boolean().exactOptional(),
    })
    .prefault({}),
  /**
   * Large Gemm and MatMul of `pruned` and `pruned-int8`, each as two thin ones where little is lost: after channels were
   * removed (`auto`), instead of removing any (`only`), or never (`off`).
   */
  lowRank: z
    .strictObject({
      use: z.enum(['auto', 'only', 'off']).default('auto'),
      maxLostVariance: z.number().min(0).lt(1).exactOptional(),
      minSaving: z.number().min(0).lt(1).exactOptional(),
      minWeights: z.int().min(1).exactOptional(),
      keepLayers: nodeNames.exactOptional(),
      maxSamples: z.int().min(2).max(100_000).exactOptional(),
    })
    .prefault({}),
  /** `int8-dynamic`. */
  dynamic: z
    .strictObject({ reduceRange: z.boolean().exactOptional(), keepFloat: nodeNames.exactOptional() })
    .prefault({}),
  /** `int8-weights`. */
  int8Weights: z
    .strictObject({
      matrices: z.enum(['widened', 'MatMulNBits']).exactOptional(),
      blockSize: blockSize.exactOptional(),
      keepFloat: nodeNames.exactOptional(),
    })
    .prefault({}),
  /** `int4-weights`. */
  int4Weights: z
    .strictObject({ blockSize: blockSize.exactOptional(), keepFloat: nodeNames.exactOptional() })
    .prefault({}),
  measure: LatencyPlan,
  /** Samples looked at where quality is measured; more are drawn from, each class in proportion. */
  maxEvaluationSamples: z.int().min(1).max(100_000).default(10_000),
  /** Whether images of other sizes than the model's input are resized as on a device, or refused. */
  otherSizes: z.enum(['refuse', 'allow']).default('refuse'),
  /** Inputs of a model without images: seeded normal values. */
  synthetic: z
    .strictObject({
      samples: z.int().min(1).max(10_000).default(256),
      mean: z.number().default(0),
      std: z.number().gt(0).default(1),
    })
    .prefault({}),
  /** Writes each variant as onnxruntime optimizes it for this machine, and keeps the files that pay. */
  compile: z.boolean().default(false),
});
export type Recipe = z.infer<typeof Recipe>;
