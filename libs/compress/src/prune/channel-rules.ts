import { ARITHMETIC_OPERATORS, UNARY_OPERATORS } from '@hamon/onnx';
import type { ChannelRule } from './channel-walk.js';
import { combine } from './combine-layouts.js';
import { convolve, multiply } from './dense-rules.js';
import { concatenate, flatten, pad, reduce, reshape, resize, squeeze, transpose } from './shape-rules.js';

const same: ChannelRule = (walk, node) => walk.layoutOf(node.inputs[0]) ?? 'opaque';

/** Pooling over images `[batch, channels, …]` leaves channels alone. */
const pooled: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  return layout.axis === 1 && node.outputs.length === 1 ? layout : undefined;
};

const normalized: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  if (layout.axis !== 1 || node.outputs.length !== 1) return undefined;
  return [1, 2, 3, 4].every((input) => walk.sliceVector(node, input, layout.channels)) ? layout : undefined;
};

const table: Record<string, ChannelRule> = {};
for (const operator of [...UNARY_OPERATORS, 'Clip', 'Dropout', 'Identity', 'Cast']) table[operator] = same;
for (const operator of [...ARITHMETIC_OPERATORS, 'PRelu']) table[operator] = combine;
for (const operator of ['MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool'])
  table[operator] = pooled;
for (const operator of ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin']) table[operator] = reduce;

/** By operator of ONNX's own domain. */
export const CHANNEL_RULES: Readonly<Record<string, ChannelRule>> = {
  ...table,
  Constant: () => 'opaque',
  Conv: convolve,
  Gemm: multiply,
  MatMul: multiply,
  BatchNormalization: normalized,
  Concat: concatenate,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Pad: pad,
  Resize: resize,
};
