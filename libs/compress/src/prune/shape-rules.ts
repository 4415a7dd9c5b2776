import type { GraphNode } from '@hamon/onnx';
import type { Layout } from './channel-graph.js';
import type { ChannelRule, ChannelWalk } from './channel-walk.js';

/** Along the channels' axis the channels follow each other; along another one they lie side by side and belong together. */
export const concatenate: ChannelRule = (walk, node) => {
  const rank = walk.rankOf(node.outputs[0]);
  const layouts = node.inputs.map((tensor) => walk.layoutOf(tensor));
  const first = layouts.find((layout) => layout !== undefined);
  if (first === undefined) return 'opaque';
  if (rank === undefined || layouts.some((layout) => layout !== undefined && layout.axis !== first.axis))
    return undefined;
  const stated = node.int('axis', 1);
  if ((stated < 0 ? stated + rank : stated) === first.axis) {
    const channels: number[] = [];
    for (const [index, layout] of layouts.entries()) {
      const length = walk.lengthOf(node.inputs[index], first.axis);
      if (layout === undefined && length === undefined) return undefined;
      const own = layout?.channels ?? walk.classes.create(length ?? 0);
      if (layout === undefined) walk.classes.pin(own);
      channels.push(...own);
    }
    return { axis: first.axis, channels };
  }
  for (const layout of layouts) {
    if (layout?.channels.length !== first.channels.length) return undefined;
    layout.channels.forEach((channel, at) => walk.classes.unite(channel, first.channels[at] as number));
  }
  return first;
};

/** Images to vectors: each channel becomes as many neighbouring elements as it has pixels. */
export const flatten: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  return node.int('axis', 1) === 1 ? spread(walk, node, layout) : undefined;
};

/** A Reshape that does what Flatten does; others keep the channels as they are. */
export const reshape: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const [input, output] = [node.inputs[0], node.outputs[0]];
  if (walk.rankOf(output) !== 2 || walk.lengthOf(input, 0) !== walk.lengthOf(output, 0)) return undefined;
  const flat = spread(walk, node, layout);
  if (flat === undefined || walk.lengthOf(output, 1) !== flat.channels.length) return undefined;
  walk.flattening.push(node);
  return flat;
};

/** More elements than any layer reads that could be refitted; their channels stay, and no list of them is made. */
const MAX_ELEMENTS = 65_536;

function spread(walk: ChannelWalk, node: GraphNode, layout: Layout): Layout | undefined {
  const rank = walk.rankOf(node.inputs[0]);
  if (layout.axis !== 1 || rank === undefined) return undefined;
  let pixels = 1;
  for (let axis = 2; axis < rank; axis += 1) pixels *= walk.lengthOf(node.inputs[0], axis) ?? NaN;
  if (!(pixels * layout.channels.length <= MAX_ELEMENTS)) return undefined;
  return {
    axis: 1,
    channels: layout.channels.flatMap((channel) => Array<number>(pixels).fill(channel)),
  };
}

export const transpose: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const rank = walk.rankOf(node.inputs[0]) ?? 0;
  const axis = node.ints('perm')?.indexOf(layout.axis) ?? rank - 1 - layout.axis;
  return axis < 0 ? undefined : { axis, channels: layout.channels };
};

/** Reductions over other axes than the channels'. */
export const reduce: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const axes = axesOf(walk, node);
  if (axes === undefined || axes.length === 0 || axes.includes(layout.axis)) return undefined;
  return node.int('keepdims', 1) === 1 ? layout : without(layout, axes);
};

export const squeeze: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const axes = axesOf(walk, node);
  return axes === undefined || axes.includes(layout.axis) ? undefined : without(layout, axes);
};

/** Padding around images, none among the channels. */
export const pad: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const rank = walk.rankOf(node.inputs[0]) ?? 0;
  const pads = node.ints('pads') ?? walk.graph.constantOf(node.inputs[1] ?? '')?.ints();
  if (pads?.length !== 2 * rank) return undefined;
  return pads[layout.axis] === 0 && pads[layout.axis + rank] === 0 ? layout : undefined;
};

/** Scaling by factors; target sizes would state the number of channels. */
export const resize: ChannelRule = (walk, node) => {
  const layout = walk.layoutOf(node.inputs[0]);
  if (layout === undefined) return 'opaque';
  const scales = walk.graph.constantOf(node.inputs[2] ?? '');
  if (node.inputs.length !== 3 || scales?.dataType !== 'float32') return undefined;
  return scales.floats()[layout.axis] === 1 ? layout : undefined;
};

function axesOf(walk: ChannelWalk, node: GraphNode): readonly number[] | undefined {
  const rank = walk.rankOf(node.inputs[0]);
  const stated = node.ints('axes') ?? walk.graph.constantOf(node.inputs[1] ?? '')?.ints();
  if (rank === undefined) return undefined;
  return stated?.map((axis) => (axis < 0 ? axis + rank : axis));
}

function without(layout: Layout, axes: readonly number[]): Layout {
  return { axis: layout.axis - axes.filter((axis) => axis < layout.axis).length, channels: layout.channels };
}
