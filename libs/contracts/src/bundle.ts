import { z } from 'zod';
import { ModelName, VariantName, VersionName } from './names.js';
import { count, finite, PortName, type ExpectationProblem } from './tasks/fields.js';
import { TASK_SCHEMAS, TaskName, TaskSummary, type ExpectationOf, type SpecOf } from './tasks/tasks.js';

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

/** Images of more than 4096 x 4096 would take hundreds of megabytes as a tensor. */
const side = z.int().min(1).max(4096);

/** Values of one further input of a model, in the tensor's own order. */
const Constant = z.array(finite).min(1).max(65_536);

export const BundleInput = z
  .strictObject({
    name: PortName,
    layout: z.enum(['NCHW', 'NHWC']),
    width: side,
    height: side,
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Of three channels; red first unless said otherwise. */
    order: z.enum(['rgb', 'bgr']).exactOptional(),
    /** uint8 takes samples as they are. */
    dtype: z.enum(['float32', 'float16', 'uint8']),
    resize: z.enum(['stretch', 'cover', 'contain']),
    /** The 8-bit sample around an image that `contain` does not fill; 0 unless said otherwise. */
    pad: z.int().min(0).max(255).exactOptional(),
    scale: finite.refine((scale) => scale !== 0, 'must not be 0').exactOptional(),
    mean: z.array(finite).min(1).max(3).exactOptional(),
    std: z
      .array(finite.refine((std) => std > 0, 'must be above 0'))
      .min(1)
      .max(3)
      .exactOptional(),
    /** What the model's other inputs are always given, by name. */
    constants: z
      .record(PortName, Constant)
      .refine((constants) => Object.keys(constants).length <= 16, 'at most 16 constants')
      .exactOptional(),
  })
  .superRefine((input, context) => {
    const issue = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const field of ['mean', 'std'] as const) {
      const values = input[field];
      if (values && values.length !== input.channels) {
        issue([field], `must have one value per channel (${input.channels}), has ${values.length}`);
      }
    }
    for (const field of ['scale', 'mean', 'std'] as const) {
      if (input[field] === undefined && input.dtype !== 'uint8') issue([field], 'is required');
    }
    if (input.dtype === 'uint8' && !isIdentity(input)) {
      issue(['dtype'], 'uint8 is fed as it is: leave out scale, mean and std, or give 1, 0 and 1');
    }
    if (input.order === 'bgr' && input.channels === 1) issue(['order'], 'is of three channels');
    if (input.pad !== undefined && input.resize !== 'contain') {
      issue(['pad'], `belongs to resize "contain", not "${input.resize}"`);
    }
    if (input.constants && Object.hasOwn(input.constants, input.name)) {
      issue(['constants', input.name], "is the image's own input");
    }
  });
export type BundleInput = z.infer<typeof BundleInput>;

function isIdentity(input: {
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}): boolean {
  const { scale = 1, mean = [], std = [] } = input;
  return scale === 1 && mean.every((n) => n === 0) && std.every((n) => n === 1);
}

/** A golden sample of a task, `expect` being what an answer must come to. */
const goldenOf = <E extends z.ZodType>(expectation: E) =>
  z.strictObject({ file: BundlePath, expect: expectation.optional() });

const taskPart = <T extends TaskName, S extends z.ZodType, E extends z.ZodType>(
  task: T,
  spec: S,
  expectation: E,
) => {
  const golden = z.array(goldenOf(expectation)).max(64).optional();
  return {
    task: z.literal(task),
    output: spec,
    variants: z
      .array(
        z.strictObject({
          name: VariantName,
          file: BundlePath,
          /** This variant's own expectations; without them the top-level ones hold for `fp32`. */
          golden,
        }),
      )
      .min(1)
      .max(32),
    golden,
  };
};

const common = {
  model: ModelName,
  version: VersionName,
  input: BundleInput,
  budgets: z.strictObject({
    p95Ms: z.number().gt(0).max(60_000),
    rssMb: z.number().gt(0).max(65_536),
  }),
  baseline: BundlePath.optional(),
};

const { classification, detection, segmentation, anomaly, regression } = TASK_SCHEMAS;
const parts = {
  classification: taskPart('classification', classification.spec, classification.expectation),
  detection: taskPart('detection', detection.spec, detection.expectation),
  segmentation: taskPart('segmentation', segmentation.spec, segmentation.expectation),
  anomaly: taskPart('anomaly', anomaly.spec, anomaly.expectation),
  regression: taskPart('regression', regression.spec, regression.expectation),
} satisfies Record<TaskName, unknown>;

/** `hamon.bundle/1`, of classification alone; read for ever. */
const BundleV1 = z.strictObject({
  schema: z.literal('hamon.bundle/1'),
  ...common,
  ...parts.classification,
  task: z.literal('classification', 'hamon.bundle/1 is of classification; other tasks have hamon.bundle/2'),
});

const V2 = { schema: z.literal('hamon.bundle/2'), ...common };

const BundleV2 = z.discriminatedUnion(
  'task',
  [
    z.strictObject({ ...V2, ...parts.classification }),
    z.strictObject({ ...V2, ...parts.detection }),
    z.strictObject({ ...V2, ...parts.segmentation }),
    z.strictObject({ ...V2, ...parts.anomaly }),
    z.strictObject({ ...V2, ...parts.regression }),
  ],
  { error: ({ input }) => taskProblem(input) },
);

function taskProblem(input: unknown): string {
  const task = typeof input === 'object' && input !== null && 'task' in input ? input.task : undefined;
  const parsed = TaskName.safeParse(task);
  return parsed.success ? 'must be an object' : (parsed.error.issues[0]?.message ?? 'is no task');
}

/** The schemas `hamon.bundle/1` and `/2` of a bundle folder's `bundle.json`. */
export const BundleDocument = z
  .discriminatedUnion('schema', [BundleV1, BundleV2], {
    error: () => 'schema must be "hamon.bundle/1" or "hamon.bundle/2"',
  })
  .superRefine((bundle, context) => {
    const names = bundle.variants.map((variant) => variant.name);
    if (new Set(names).size !== names.length) {
      context.addIssue({ code: 'custom', path: ['variants'], message: 'variant names must be distinct' });
    }
    const check = expectationProblemsOf(bundle);
    const samples = [
      ...(bundle.golden ?? []).map(({ expect }, i) => ({
        expect,
        path: ['golden', i] as (string | number)[],
      })),
      ...bundle.variants.flatMap((variant, v) =>
        (variant.golden ?? []).map(({ expect }, i) => ({ expect, path: ['variants', v, 'golden', i] })),
      ),
    ];
    for (const { expect, path } of samples) {
      for (const problem of expect ? check(expect) : []) {
        context.addIssue({
          code: 'custom',
          path: [...path, 'expect', ...problem.path],
          message: problem.message,
        });
      }
    }
  });
/** What a bundle is, whatever its task; which `output` and which expectations belong to which task, parsing has checked. */
export interface BundleDocument {
  schema: 'hamon.bundle/1' | 'hamon.bundle/2';
  model: string;
  version: string;
  task: TaskName;
  input: BundleInput;
  output: OutputSpec;
  variants: BundleVariant[];
  golden?: GoldenSample[] | undefined;
  budgets: z.infer<typeof common.budgets>;
  baseline?: string | undefined;
}

/** `output` of a bundle; its shape is told by the bundle's task. */
export type OutputSpec = SpecOf;
export interface BundleVariant {
  name: string;
  file: string;
  /** This variant's own expectations; without them the top-level ones hold for `fp32`. */
  golden?: GoldenSample[] | undefined;
}
export type Expectation = ExpectationOf;
export interface GoldenSample {
  file: string;
  expect?: Expectation | undefined;
}

/** The union's task and documents belong together, which types cannot say across it. */
function expectationProblemsOf({ task, output }: { readonly task: TaskName; readonly output: OutputSpec }) {
  const { expectationProblems } = TASK_SCHEMAS[task] as {
    readonly expectationProblems: (spec: OutputSpec, expectation: Expectation) => ExpectationProblem[];
  };
  return (expectation: Expectation) => expectationProblems(output, expectation);
}

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

/** `hamon.baseline/1`, of classification alone; read for ever. */
const BaselineV1 = z.strictObject({
  schema: z.literal('hamon.baseline/1'),
  samples: count,
  labels: z.record(z.string(), count),
  /** Counts of the top probability in 20 equal bins over [0, 1]. */
  confidence: z.array(count).length(20),
});

/** `hamon.baseline/2`: the summary of a version's answers to its golden samples. */
const BaselineV2 = z.strictObject({
  schema: z.literal('hamon.baseline/2'),
  samples: count,
  summary: TaskSummary,
});

export const BaselineDocument = z.discriminatedUnion('schema', [BaselineV2, BaselineV1]);
export type BaselineDocument = z.infer<typeof BaselineDocument>;
