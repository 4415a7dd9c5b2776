import { z } from 'zod';

export const finite = z.number().refine(Number.isFinite, 'must be a finite number');
/** Beyond it squares of measured values, and sums of these, would leave the range of numbers. */
export const LARGEST_MEASURE = 1e100;
/** A number in the units of a model, or of what it measures. */
export const measure = finite.refine(
  (n) => Math.abs(n) <= LARGEST_MEASURE,
  `must lie between -${LARGEST_MEASURE} and ${LARGEST_MEASURE}`,
);
export const count = z.int().min(0);
export const share = z.number().min(0).max(1);

/** The name of a model's input or output. */
export const PortName = z.string().min(1).max(200);

export const Label = z.string().min(1).max(100);

const MAX_LABELS = 10_000;
const MAX_LABELS_BYTES = 512 * 1024;
const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).byteLength;

/** Distinct labels in the order of the model's output. */
export const labelList = (fewest: number) =>
  z
    .array(Label)
    .min(fewest)
    .max(MAX_LABELS)
    .refine((labels) => new Set(labels).size === labels.length, 'labels must be distinct')
    // They lie in `bundle.json`, whatever their script takes in UTF-8 and JSON.
    .refine((labels) => jsonBytes(labels) <= MAX_LABELS_BYTES, 'labels take at most 512 KiB together');

/** The numbers that a threshold may be; a score that no frame reaches, or that every frame does, is a mistake. */
export const Score = z.number().gt(0).lt(1);

export const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

/** Bins of equal width over [0, 1]. */
export const ConfidenceHistogram = z.array(count).length(20);

/** Counts by label, the commonest only; what a summary leaves out it counts as `others`. */
export const LabelCounts = z
  .record(z.string().max(101), count)
  .refine((labels) => Object.keys(labels).length <= 1000, 'at most 1000 labels');

/** In pixels of the frame as it came; the corner is the upper left one. */
export const Box = z.strictObject({
  x: finite,
  y: finite,
  width: finite.refine((n) => n >= 0, 'must not be negative'),
  height: finite.refine((n) => n >= 0, 'must not be negative'),
});
export type Box = z.infer<typeof Box>;

/** Largest allowed absolute difference of a single figure. */
export const Tolerance = z.number().gt(0).max(1);

/** A rule that an expectation breaks beside its bundle's `output`. */
export interface ExpectationProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** `"dent" is not one of output.labels`, where it is not. */
export const unknownLabel = (
  label: string,
  labels: readonly string[],
  path: readonly (string | number)[],
): ExpectationProblem[] =>
  labels.includes(label) ? [] : [{ path, message: `"${label}" is not one of output.labels` }];
