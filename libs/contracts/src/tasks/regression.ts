import { z } from 'zod';
import { count, finite, measure, PortName, share, total, type ExpectationProblem } from './fields.js';

const MAX_VALUES = 64;
const ValueName = z.string().min(1).max(100);

const Value = z
  .strictObject({
    name: ValueName,
    unit: z.string().max(40),
    /** A value is `output * scale + offset`. */
    scale: finite.refine((scale) => scale !== 0, 'must not be 0').default(1),
    offset: finite.default(0),
    /** Limits outside of which a value is counted; it is told as it is. */
    minimum: measure.exactOptional(),
    maximum: measure.exactOptional(),
  })
  .refine(
    ({ minimum, maximum }) => minimum === undefined || maximum === undefined || minimum < maximum,
    'minimum must be below maximum',
  );

export const RegressionSpec = z.strictObject({
  /** `[1, values]` or, for one value, `[1]`. */
  name: PortName,
  values: z
    .array(Value)
    .min(1)
    .max(MAX_VALUES)
    .refine(
      (values) => new Set(values.map(({ name }) => name)).size === values.length,
      'names must be distinct',
    ),
});
export type RegressionSpec = z.infer<typeof RegressionSpec>;

export const RegressionAnswer = z.strictObject({ values: z.record(z.string(), z.number()) });
export type RegressionAnswer = z.infer<typeof RegressionAnswer>;

const tolerance = z.number().gt(0).max(1e12);

export const RegressionExpectation = z.strictObject({
  values: z.record(ValueName, finite),
  /** Largest allowed difference of a value in its unit: one for all, or one by name. */
  tolerance: z.union([tolerance, z.record(ValueName, tolerance)]),
});
export type RegressionExpectation = z.infer<typeof RegressionExpectation>;

export function regressionExpectationProblems(
  { values }: RegressionSpec,
  { values: expected, tolerance: allowed }: RegressionExpectation,
): ExpectationProblem[] {
  const names = values.map(({ name }) => name);
  return [
    ...nameProblems(names, expected, 'values'),
    ...(typeof allowed === 'number' ? [] : nameProblems(names, allowed, 'tolerance')),
  ];
}

function nameProblems(names: readonly string[], given: object, field: string): ExpectationProblem[] {
  const strangers = Object.keys(given).filter((name) => !names.includes(name));
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  return [
    ...strangers.map((name) => ({ path: [field, name], message: 'is not one of output.values' })),
    ...missing.map((name) => ({ path: [field], message: `lacks "${name}"` })),
  ];
}

/** Of one value over many frames; `squares` is the sum of squared differences from the mean. */
export const ValueSummary = z
  .strictObject({
    name: ValueName,
    count,
    mean: finite,
    squares: finite,
    minimum: finite,
    maximum: finite,
    below: count,
    above: count,
    /** Answers in 20 equal bins between the limits, where both are given; the ends take what lies outside. */
    bins: z.array(count).length(20).exactOptional(),
  })
  .refine(
    (value) => Math.max(value.below + value.above, total(value.bins ?? [])) <= value.count,
    'below, above and bins must not exceed the count that they are about',
  );
export type ValueSummary = z.infer<typeof ValueSummary>;

export const RegressionSummary = z
  .strictObject({
    kind: z.literal('regression/1'),
    answers: count,
    values: z.array(ValueSummary).max(MAX_VALUES),
  })
  .refine(
    ({ answers, values }) => values.every((value) => value.count <= answers),
    'values must not exceed the answers that they are about',
  );
export type RegressionSummary = z.infer<typeof RegressionSummary>;

/** Two versions' values of one name: means, sums of squared differences from them, and of products of these. */
export const ValueComparison = z.strictObject({
  name: ValueName,
  count,
  /** What lies between the limits, where both are given. */
  range: finite.exactOptional(),
  meanFirst: finite,
  meanSecond: finite,
  squaresFirst: finite,
  squaresSecond: finite,
  products: finite,
});
export type ValueComparison = z.infer<typeof ValueComparison>;

export const RegressionComparison = z.strictObject({
  kind: z.literal('regression/1'),
  frames: count,
  values: z.array(ValueComparison).max(MAX_VALUES),
});
export type RegressionComparison = z.infer<typeof RegressionComparison>;

export const RegressionGate = z.strictObject({
  /** Lin's concordance of the two versions' values below which they do different jobs. */
  minConcordance: share.default(0.6),
});
