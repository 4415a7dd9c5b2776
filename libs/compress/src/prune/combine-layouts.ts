import type { Layout } from './channel-graph.js';
import type { ChannelRule, ChannelWalk } from './channel-walk.js';

/**
 * Additions, products and the like: channels that meet belong together. A constant per channel is sliced with them, one for
 * all stays. Axes are aligned at the end, as broadcasting does.
 */
export const combine: ChannelRule = (walk, node) => {
  const [output = ''] = node.outputs;
  const rank = walk.rankOf(output);
  const inputs = node.inputs.map((tensor) => ({ tensor, layout: walk.layoutOf(tensor) }));
  const leading = widest(walk, node.inputs);
  if (leading === undefined) return 'opaque';
  if (rank === undefined) return undefined;
  const { layout, axis } = leading;
  const fromEnd = rank - axis;
  if (walk.lengthOf(output, axis) !== layout.channels.length) return undefined;
  const merged: Layout = { axis, channels: layout.channels };
  for (const [index, { tensor, layout: other }] of inputs.entries()) {
    const ownRank = walk.rankOf(tensor);
    if (ownRank === undefined) return undefined;
    const ownAxis = ownRank - fromEnd;
    const length = ownAxis < 0 ? 1 : walk.lengthOf(tensor, ownAxis);
    if (length === undefined) return undefined;
    if (other !== undefined) {
      if (other.axis !== ownAxis || length !== layout.channels.length) return undefined;
      other.channels.forEach((channel, at) => walk.classes.unite(channel, layout.channels[at] as number));
    } else if (length !== 1) {
      if (walk.graph.constantOf(tensor) === undefined) return undefined;
      walk.slices.push({ node, input: index, axis: ownAxis, channels: layout.channels });
    }
  }
  return merged;
};

/** The layout that spans the output, and its axis there. */
function widest(
  walk: ChannelWalk,
  tensors: readonly string[],
): { readonly layout: Layout; readonly axis: number } | undefined {
  const rank = Math.max(...tensors.map((tensor) => walk.rankOf(tensor) ?? 0));
  for (const tensor of tensors) {
    const layout = walk.layoutOf(tensor);
    const ownRank = walk.rankOf(tensor);
    if (layout !== undefined && ownRank !== undefined) return { layout, axis: layout.axis + rank - ownRank };
  }
  return undefined;
}
