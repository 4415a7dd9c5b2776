import type { Dimension } from '../value-info.js';

export type Dims = readonly Dimension[];

/** The product of known lengths, `null` when one is unknown. */
export function productOf(dims: Dims): number | null {
  let product = 1;
  for (const dim of dims) {
    if (typeof dim !== 'number') return null;
    product *= dim;
  }
  return product;
}

/** Whether every length is known. */
export function areStatic(dims: Dims | undefined): dims is readonly number[] {
  return dims?.every((dim) => typeof dim === 'number') ?? false;
}

/** An axis counted from the front; `undefined` where there is no such axis. */
export function axisFrom(axis: number, rank: number): number | undefined {
  const counted = axis < 0 ? axis + rank : axis;
  return counted >= 0 && counted < rank ? counted : undefined;
}

/**
 * Numpy's rule: shapes aligned at the end, a length of 1 stretches. `undefined` where two known lengths contradict.
 * An unknown length against a known one other than 1 must be that length.
 */
export function broadcast(shapes: readonly Dims[]): Dims | undefined {
  const rank = shapes.reduce((most, { length }) => Math.max(most, length), 0);
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    let merged: Dimension = 1;
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length];
      if (dim === undefined || dim === 1 || dim === merged) continue;
      if (merged === 1) merged = dim;
      else if (typeof dim === 'number' && typeof merged === 'number') return undefined;
      else if (typeof dim === 'number') merged = dim;
      else if (typeof merged !== 'number') merged = null;
    }
    result.push(merged);
  }
  return result;
}
