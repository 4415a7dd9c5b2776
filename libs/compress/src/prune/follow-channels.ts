import type { GraphNode, OnnxModel } from '@hamon/onnx';
import { atBatchOne } from '../macs.js';
import type { ChannelGraph } from './channel-graph.js';
import { CHANNEL_RULES } from './channel-rules.js';
import { ChannelWalk } from './channel-walk.js';

/**
 * Follows channels from the layers that make them to those that read them, through residual additions, depthwise
 * convolutions, concatenations, pooling and flattening. Where an operator has no rule, or a rule cannot tell, the channels that
 * reach it stay as they are. The nodes of the result are those of the given model.
 */
export function followChannels(model: OnnxModel): ChannelGraph {
  // Shapes of a copy at batch 1; a clone keeps the order of nodes, so that they pair up.
  const { graph } = atBatchOne(model);
  const original = new Map<GraphNode, GraphNode>();
  graph.nodes.forEach((node, index) => original.set(node, model.graph.nodes[index] ?? node));
  const found = new ChannelWalk(graph);
  for (const node of graph.topological()) visit(found, node);
  for (const { name } of graph.outputs) found.pin(name);
  const back = (node: GraphNode): GraphNode => original.get(node) ?? node;
  return {
    classes: found.classes,
    layers: found.layers.map((layer) => ({ ...layer, node: back(layer.node) })),
    slices: found.slices.map((slice) => ({ ...slice, node: back(slice.node) })),
    depthwise: found.depthwise.map(back),
    flattening: found.flattening.map(back),
    layouts: found.layouts,
  };
}

function visit(walk: ChannelWalk, node: GraphNode): void {
  for (const tensor of node.captures) walk.pin(tensor);
  const own = node.domain === '' || node.domain === 'ai.onnx';
  const rule = own && Object.hasOwn(CHANNEL_RULES, node.opType) ? CHANNEL_RULES[node.opType] : undefined;
  const layout = rule?.(walk, node);
  if (layout === undefined) walk.pinInputs(node);
  else if (layout !== 'opaque') walk.layouts.set(node.outputs[0] ?? '', layout);
}
