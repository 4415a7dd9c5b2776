import type { BundleInput, DetectionSpec } from '@hamon/contracts';
import type { Head } from '../head.js';

export type FormatName = DetectionSpec['format'];
export type SpecIn<F extends FormatName> = Extract<DetectionSpec, { format: F }>;

/** An output that a format reads. */
export interface ReadOutput {
  readonly name: string;
  /** Shapes that it may have; the first that fits counts. */
  readonly wanted: readonly (readonly (number | 'any')[])[];
  /** Columns beside one per label, where it has one per label. */
  readonly besideLabels?: number;
}

export interface ReadTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A way in which models give boxes and scores. */
export interface Format<F extends FormatName = FormatName> {
  /** For people, beside the other formats'. */
  readonly shapes: string;
  outputNames(spec: SpecIn<F>): readonly string[];
  outputs(spec: SpecIn<F>, input: BundleInput): readonly ReadOutput[];
  /** @param tensors as `outputs` names them, each of a shape that is wanted; a sentence where they contradict each other */
  head(spec: SpecIn<F>, input: BundleInput, tensors: readonly ReadTensor[]): Head | string;
  /** Why the values cannot be what the format says, or undefined: what no shape tells. */
  implausible?(head: Head, input: BundleInput): string | undefined;
}
