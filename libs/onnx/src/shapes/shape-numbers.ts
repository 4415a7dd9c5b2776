import { sliceRange } from './layout-rules.js';
import type { Dims } from './dimensions.js';
import type { RuleInput } from './rule.js';

/** No shape, pad or axis list is longer; what is, computes no shape and is not worth memory. */
export const MAX_SHAPE_NUMBERS = 64;

/**
 * The contents of small integer tensors that exporters compute shapes with, where known: a Reshape whose target comes
 * from Shape, Gather and Concat is as good as one with a constant. Lists of more than {@link MAX_SHAPE_NUMBERS} are not
 * followed: doubled by each node, a few of them would fill the memory.
 */
export function shapeNumbers(input: RuleInput): Dims | undefined {
  const { node, numbers, dims } = input;
  if (node.domain !== '') return undefined;
  switch (node.opType) {
    case 'Shape':
      return dims(0)?.slice(node.int('start', 0), node.int('end'));
    case 'Identity':
    case 'Cast':
    case 'Squeeze':
    case 'Unsqueeze':
      return (dims(0)?.length ?? 2) <= 1 ? numbers(0) : undefined;
    case 'Concat':
      return concatenated([...node.inputs.keys()].map((index) => numbers(index)));
    case 'Gather':
      return gathered(numbers(0), numbers(1));
    case 'Slice':
      return sliced(input, numbers(0));
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return combined(node.opType, numbers(0), numbers(1));
    default:
      return undefined;
  }
}

function concatenated(parts: readonly (Dims | undefined)[]): Dims | undefined {
  if (!parts.every((part) => part !== undefined)) return undefined;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return length > MAX_SHAPE_NUMBERS ? undefined : parts.flat();
}

function gathered(from: Dims | undefined, at: Dims | undefined): Dims | undefined {
  if (from === undefined || at === undefined) return undefined;
  return at.map((index) => (typeof index === 'number' ? (from.at(index) ?? null) : null));
}

function sliced(input: RuleInput, from: Dims | undefined): Dims | undefined {
  const [starts, ends] = [input.list('starts', 1), input.list('ends', 2)];
  const [step = 1] = input.list('steps', 4) ?? [];
  if (from === undefined || starts?.[0] === undefined || ends?.[0] === undefined) return undefined;
  const { first, count } = sliceRange(from.length, starts[0], ends[0], step);
  return Array.from({ length: count }, (_, index) => from[first + index * step] ?? null);
}

function combined(opType: string, a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  return a.map((left, index) => calculate(opType, left, b[index] ?? null));
}

function calculate(opType: string, a: Dims[number], b: Dims[number]): number | null {
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  switch (opType) {
    case 'Add':
      return a + b;
    case 'Sub':
      return a - b;
    case 'Mul':
      return a * b;
    default:
      return b === 0 ? null : Math.trunc(a / b);
  }
}
