import type { GraphNode } from '@hamon/onnx';
import type { Layout } from './channel-graph.js';
import type { ChannelRule, ChannelWalk } from './channel-walk.js';

/** Convolutions of one group make new channels, depthwise ones pass theirs on, other grouped ones keep all. */
export const convolve: ChannelRule = (walk, node) => {
  const weight = floatConstant(walk, node.inputs[1]);
  const input = walk.layoutOf(node.inputs[0]);
  if (weight === undefined || weight.dims.length < 3) return undefined;
  const [out = 0, perGroup = 0, ...kernel] = weight.dims;
  const group = node.int('group', 1);
  if (input !== undefined && input.axis !== 1) return undefined;
  if (group === 1) {
    const makes = walk.classes.create(out);
    const field = kernel.reduce((size, length) => size * length, 1);
    if (input !== undefined) walk.slices.push({ node, input: 1, axis: 1, channels: input.channels });
    const reads = input?.channels.flatMap((channel) => Array<number>(field).fill(channel));
    walk.layers.push({ node, kind: 'conv', reads, makes });
    return made(walk, node, makes, { axis: 1, channels: makes });
  }
  if (input === undefined) return 'opaque';
  if (group !== input.channels.length || perGroup !== 1 || out !== group) return undefined;
  walk.slices.push({ node, input: 1, axis: 0, channels: input.channels });
  if (!walk.sliceVector(node, 2, input.channels)) return undefined;
  walk.depthwise.push(node);
  return { axis: 1, channels: input.channels };
};

/** Gemm and MatMul with constant weights over the last axis. */
export const multiply: ChannelRule = (walk, node) => {
  const weight = floatConstant(walk, node.inputs[1]);
  const input = walk.layoutOf(node.inputs[0]);
  const rank = walk.rankOf(node.inputs[0]);
  if (weight?.dims.length !== 2 || rank === undefined || rank < 2) return undefined;
  if (input !== undefined && input.axis !== rank - 1) return undefined;
  const gemm = node.is('Gemm');
  const plain = node.int('transA', 0) === 0 && node.float('alpha', 1) === 1 && node.float('beta', 1) === 1;
  if (gemm && !plain) return undefined;
  const outAxis = node.int('transB', 0) === 1 ? 0 : 1;
  const makes = walk.classes.create(weight.dims[outAxis] ?? 0);
  if (input !== undefined) walk.slices.push({ node, input: 1, axis: 1 - outAxis, channels: input.channels });
  walk.layers.push({ node, kind: gemm ? 'gemm' : 'matmul', reads: input?.channels, makes });
  return made(walk, node, makes, { axis: rank - 1, channels: makes }, outAxis);
};

function made(walk: ChannelWalk, node: GraphNode, makes: number[], layout: Layout, axis = 0): Layout {
  walk.slices.push({ node, input: 1, axis, channels: makes });
  // A bias of another form than one number per channel stays whole, and with it the channels.
  if (!walk.sliceVector(node, 2, makes)) walk.classes.pin(makes);
  return layout;
}

function floatConstant(walk: ChannelWalk, tensor: string | undefined) {
  const constant = walk.graph.constantOf(tensor ?? '');
  return constant?.dataType === 'float32' ? constant : undefined;
}
