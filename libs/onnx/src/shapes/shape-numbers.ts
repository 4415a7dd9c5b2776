import { sliceRange } from './layout-rules.js';
import type { Dims } from './dimensions.js';
import type { RuleInput } from './rule.js';

/** No shape, pad or axis list is longer; what is, computes no shape and is not worth memory. */
export const MAX_SHAPE_NUMBERS = 64;

/**
 * The contents of small integer tensors that exporters compute shapes with, where known: a Reshape whose target comes
 * from Shape, Gather and Concat is as good as one with a constant. Lists of more than {@link MAX_SHAPE_NUMBERS} are not followed: doubled by each
 * node, a few of them would fill the memory.
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
    case 'Concat': {
      const parts = [...node.inputs.keys()].map((index) => numbers(index));
      if (!parts.every((part) => part !== undefined)) return undefined;
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      return length > MAX_SHAPE_NUMBERS ? undefined : parts.flat();
    }
    case 'Gather': {
      const [from, at] = [numbers(0), numbers(1)];
      if (from === undefined || at === undefined) return undefined;
      return at.map((index) => (typeof index === 'number' ? (from.at(index) ?? null) : null));
    }
    case 'Slice': {
      const from = numbers(0);
      const [starts, ends] = [input.list('starts', 1), input.list('ends', 2)];
      const [step = 1] = input.list('steps', 4) ?? [];
      if (from === undefined || starts?.[0] === undefined || ends?.[0] === undefined) return undefined;
      const { first, count } = sliceRange(from.length, starts[0], ends[0], step);
      return Array.from({ length: count }, (_, index) => from[first + index * step] ?? null);
    }
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div': {
      const [a, b] = [numbers(0), numbers(1)];
      if (a === undefined || b === undefined || a.length !== b.length) return undefined;
      return a.map((left, index) => calculate(node.opType, left, b[index] ?? null));
    }
    default:
      return undefined;
  }
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
