import type { GraphNode } from './graph-node.js';
import { Tensor } from './tensor.js';

/** The tensor that a Constant node gives, in whichever attribute it is written; `undefined` for sparse and string ones. */
export function constantValueOf(node: GraphNode): Tensor | undefined {
  const tensor = node.tensor('value');
  if (tensor !== undefined) return tensor;
  const float = node.float('value_float');
  if (float !== undefined) return Tensor.ofFloats('', [], [float]);
  const floats = node.floats('value_floats');
  if (floats !== undefined) return Tensor.ofFloats('', [floats.length], floats);
  const int = node.int('value_int');
  if (int !== undefined) return Tensor.ofInts('', [], [int]);
  const ints = node.ints('value_ints');
  return ints === undefined ? undefined : Tensor.ofInts('', [ints.length], ints);
}
