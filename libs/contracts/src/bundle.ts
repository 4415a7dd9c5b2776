import { z } from 'zod';
import { ModelName, VariantName, VersionName } from './names.js';

/** A path inside a bundle folder: relative, `/`-separated, no `.`/`..` segment, no hidden or empty one. */
export const BundlePath = z
  .string()
  .min(1)
  .max(200)
  .refine(
    isSafeRelativePath,
    'must be a relative path inside the bundle, without "..", "\\" or hidden segments',
  );

function isSafeRelativePath(path: string): boolean {
  return path.split('/').every((segment) => /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(segment));
}

const finite = z.number().refine(Number.isFinite, 'must be a finite number');

/** Images of more than 4096 x 4096 would take hundreds of megabytes as a tensor. */
const side = z.int().min(1).max(4096);

export const BundleInput = z
  .strictObject({
    name: z.string().min(1).max(200),
    layout: z.enum(['NCHW', 'NHWC']),
    width: side,
    height: side,
    channels: z.union([z.literal(1), z.literal(3)]),
    dtype: z.literal('float32'),
    resize: z.enum(['stretch', 'cover', 'contain']),
    scale: finite.refine((scale) => scale !== 0, 'must not be 0'),
    mean: z.array(finite).min(1).max(3),
    std: z
      .array(finite.refine((std) => std > 0, 'must be above 0'))
      .min(1)
      .max(3),
  })
  .superRefine((input, context) => {
    for (const field of ['mean', 'std'] as const) {
      if (input[field].length !== input.channels) {
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `must have one value per channel (${input.channels}), has ${input[field].length}`,
        });
      }
    }
  });
export type BundleInput = z.infer<typeof BundleInput>;

const MAX_LABELS_BYTES = 128 * 1024;
const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).byteLength;

export const BundleOutput = z.strictObject({
  name: z.string().min(1).max(200),
  activation: z.enum(['none', 'softmax', 'sigmoid']),
  labels: z
    .array(z.string().min(1).max(100))
    .min(2)
    .max(1000)
    .refine((labels) => new Set(labels).size === labels.length, 'labels must be distinct')
    // A window of telemetry counts by label in one message, whatever their script takes in UTF-8 and JSON.
    .refine((labels) => jsonBytes(labels) <= MAX_LABELS_BYTES, 'labels take at most 128 KiB together'),
});
export type BundleOutput = z.infer<typeof BundleOutput>;

export const Expectation = z.strictObject({
  label: z.string(),
  /** After the activation; one per label, in the labels' order. */
  probabilities: z.array(finite).max(1000),
  /** Largest allowed absolute difference of a single probability. */
  tolerance: z.number().gt(0).max(1),
});
export type Expectation = z.infer<typeof Expectation>;

export const GoldenSample = z.strictObject({ file: BundlePath, expect: Expectation.optional() });
export type GoldenSample = z.infer<typeof GoldenSample>;

export const BundleVariant = z.strictObject({
  name: VariantName,
  file: BundlePath,
  /** This variant's own expectations; without them the top-level ones hold for `fp32`. */
  golden: z.array(GoldenSample).max(64).optional(),
});
export type BundleVariant = z.infer<typeof BundleVariant>;

/** The schema `hamon.bundle/1` of a bundle folder's `bundle.json`. */
export const BundleDocument = z
  .strictObject({
    schema: z.literal('hamon.bundle/1'),
    model: ModelName,
    version: VersionName,
    task: z.literal('classification', 'only task "classification" can be served'),
    input: BundleInput,
    output: BundleOutput,
    variants: z.array(BundleVariant).min(1).max(32),
    golden: z.array(GoldenSample).max(64).optional(),
    budgets: z.strictObject({
      p95Ms: z.number().gt(0).max(60_000),
      rssMb: z.number().gt(0).max(65_536),
    }),
    baseline: BundlePath.optional(),
  })
  .superRefine((bundle, context) => {
    const names = bundle.variants.map((variant) => variant.name);
    if (new Set(names).size !== names.length) {
      context.addIssue({ code: 'custom', path: ['variants'], message: 'variant names must be distinct' });
    }
    const known = new Set(bundle.output.labels);
    const samples = [
      ...(bundle.golden ?? []).map((sample, i) => ({ sample, path: ['golden', i] as (string | number)[] })),
      ...bundle.variants.flatMap((variant, v) =>
        (variant.golden ?? []).map((sample, i) => ({ sample, path: ['variants', v, 'golden', i] })),
      ),
    ];
    for (const { sample, path } of samples) {
      if (!sample.expect) continue;
      if (!known.has(sample.expect.label)) {
        context.addIssue({
          code: 'custom',
          path: [...path, 'expect', 'label'],
          message: `"${sample.expect.label}" is not one of output.labels`,
        });
      }
      if (sample.expect.probabilities.length !== bundle.output.labels.length) {
        context.addIssue({
          code: 'custom',
          path: [...path, 'expect', 'probabilities'],
          message: `must have one value per label (${bundle.output.labels.length})`,
        });
      }
    }
  });
export type BundleDocument = z.infer<typeof BundleDocument>;

/** The variant that a version was trained as: others are made from it and compared with it. */
export const ORIGINAL_VARIANT = 'fp32';

/** The golden samples that hold for a variant: its own, or for the original the bundle's. */
export function goldenFor(bundle: BundleDocument, variant: string): readonly GoldenSample[] {
  const own = bundle.variants.find(({ name }) => name === variant)?.golden;
  if (own) return own;
  return variant === ORIGINAL_VARIANT
    ? (bundle.golden ?? [])
    : (bundle.golden ?? []).map(({ file }) => ({ file }));
}

/** Label and confidence statistics of a version on its golden samples, `hamon.baseline/1`. */
export const BaselineDocument = z.strictObject({
  schema: z.literal('hamon.baseline/1'),
  samples: z.int().min(0),
  labels: z.record(z.string(), z.int().min(0)),
  /** Counts of the top probability in 20 equal bins over [0, 1]. */
  confidence: z.array(z.int().min(0)).length(20),
});
export type BaselineDocument = z.infer<typeof BaselineDocument>;
