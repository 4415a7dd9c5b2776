import type { ClassificationSpec } from '@hamon/contracts';
import type { Tensors } from '../tensors.js';
import { activate } from '../shared/activate.js';
import { floatsOf } from '../shared/read-tensor.js';
import { relativeError } from '../shared/relative-error.js';

const EPSILON = 1e-7;

/** Mean Kullback-Leibler divergence in nats; of outputs that are no probabilities the relative squared error. */
export function distance(
  spec: ClassificationSpec,
  original: readonly Tensors[],
  others: readonly Tensors[],
): number {
  const before = original.map((tensors) => probabilitiesOf(spec, tensors));
  const after = others.map((tensors) => probabilitiesOf(spec, tensors));
  if (after.some((values) => !values.every(Number.isFinite))) return Infinity;
  return before.every(isDistribution) ? meanDivergence(before, after) : relativeError(before, after);
}

function probabilitiesOf({ name, activation }: ClassificationSpec, tensors: Tensors): Float32Array {
  const output = floatsOf(tensors, name);
  if (!output.ok) return new Float32Array(0);
  const values = output.value.data.slice();
  activate(values, activation);
  return values;
}

function isDistribution(values: Float32Array): boolean {
  let sum = 0;
  for (const value of values) {
    if (!(value >= 0)) return false;
    sum += value;
  }
  return values.length > 1 && Math.abs(sum - 1) < 1e-3;
}

function meanDivergence(original: readonly Float32Array[], others: readonly Float32Array[]): number {
  if (original.length === 0) return 0;
  let sum = 0;
  original.forEach((values, sample) => {
    values.forEach((p, index) => {
      const q = others[sample]?.[index] ?? 0;
      if (p > 0) sum += p * Math.log(p / Math.max(q, EPSILON));
    });
  });
  return Math.max(0, sum / original.length);
}
