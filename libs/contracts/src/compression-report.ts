import { z } from 'zod';
import { BundlePath } from './bundle.js';
import { DeviceFacts } from './device-messages.js';
import { ModelName, Sha256, Timestamp, VariantName, VersionName } from './names.js';
import { HeadlineFigure, VariantFigures } from './variant-figures.js';

/** A recipe names layers to leave alone; a longer one is refused. */
const MAX_RECIPE_CHARACTERS = 64 * 1024;
/** Labels may be thousands, with a figure each. */
export const MAX_FIGURES = 200;
const share = z.number().min(0).max(1);
const byteCount = z.int().min(1);

const SampleSet = z.strictObject({ samples: z.int().min(0), sha256: Sha256 });

/** How a version's variants were made: the same recipe on the same input gives the same files. */
export const CompressionProvenance = z.strictObject({
  recipe: z
    .record(z.string().max(100), z.unknown())
    .refine(
      (recipe) => JSON.stringify(recipe).length <= MAX_RECIPE_CHARACTERS,
      `must have at most ${MAX_RECIPE_CHARACTERS} characters as JSON`,
    ),
  /** SHA-256 of the recipe in canonical JSON (RFC 8785). */
  recipeSha256: Sha256,
  /** Versions by tool. */
  tools: z
    .record(z.string().max(64), z.string().max(64))
    .refine((tools) => Object.keys(tools).length <= 32, 'at most 32 tools'),
  input: z.strictObject({ file: z.string().min(1).max(255), bytes: byteCount, sha256: Sha256 }),
  calibration: SampleSet.exactOptional(),
  evaluation: SampleSet.exactOptional(),
});
export type CompressionProvenance = z.infer<typeof CompressionProvenance>;

/** What a variant answered on the images of `--evaluate`: for readers, never for choosing. */
export const VariantEvaluation = z.strictObject({
  samples: z.int().min(0),
  /** In the measure of the model's task; of figures by label the first ones. */
  quality: HeadlineFigure.extend({
    figures: z
      .record(z.string().max(200), z.number())
      .refine((figures) => Object.keys(figures).length <= MAX_FIGURES, `at most ${MAX_FIGURES} figures`),
  }).exactOptional(),
  accuracy: share.exactOptional(),
  balancedAccuracy: share.exactOptional(),
  agreement: share.exactOptional(),
});
export type VariantEvaluation = z.infer<typeof VariantEvaluation>;

export const CompressedVariant = z.strictObject({
  name: VariantName,
  file: BundlePath,
  sha256: Sha256,
  /** Multiply-accumulates of one inference. */
  macs: z.number().min(0).exactOptional(),
  /** Measured on the compressing machine; accuracy and agreement are those on the calibration samples kept for judging. */
  figures: VariantFigures,
  evaluation: VariantEvaluation.exactOptional(),
});
export type CompressedVariant = z.infer<typeof CompressedVariant>;

/** The part of a `hamon.compress-report/1` that a version keeps. */
export const CompressionReport = z.strictObject({
  createdAt: Timestamp,
  model: ModelName,
  version: VersionName,
  /** Where it was compressed and measured; the hardware class follows from the facts. */
  machine: z.strictObject({
    hardwareClass: z.string().min(1).max(200),
    cpu: z.string().max(200),
    facts: DeviceFacts,
  }),
  provenance: CompressionProvenance,
  /** The original first. */
  variants: z
    .array(CompressedVariant)
    .min(1)
    .max(32)
    .refine(
      (variants) => new Set(variants.map(({ name }) => name)).size === variants.length,
      'variant names must be distinct',
    ),
  /** The choice for the compressing machine's own class, by the recipe's constraints. */
  selection: z.strictObject({
    kind: z.enum(['chosen', 'unmeasured', 'none']),
    variant: VariantName.exactOptional(),
  }),
});
export type CompressionReport = z.infer<typeof CompressionReport>;
