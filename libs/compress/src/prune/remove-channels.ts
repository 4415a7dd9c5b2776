import { attribute, removeDeadCode, Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { atBatchOne } from '../macs.js';
import { openTensors } from '../open-tensors.js';
import type { ChannelGraph, ChannelSlice } from './channel-graph.js';

/**
 * A copy without the channels of some classes: weights, biases and constants per channel are cut, so that the graph really
 * computes less. What is left of the weights is as it was; see `refitLayers`.
 */
export function removeChannels(
  model: OnnxModel,
  channels: ChannelGraph,
  gone: ReadonlySet<number>,
): OnnxModel {
  const copy = model.clone();
  const copies = new Map(model.graph.nodes.map((node, index) => [node, copy.graph.nodes[index] ?? node]));
  const copyOf = (node: GraphNode): GraphNode => copies.get(node) ?? node;
  const stays = (channel: number): boolean => !gone.has(channels.classes.find(channel));
  for (const slice of channels.slices) cutSlice(copy.graph, copyOf(slice.node), slice, stays);
  for (const node of channels.depthwise) setGroup(copy.graph, copyOf(node));
  for (const node of channels.flattening) flattenInstead(copy.graph, copyOf(node));
  removeDeadCode(copy);
  keepOpenFacts(copy, channels, stays);
  // Works the new shapes out at once, so that a mistake here cannot reach a file unnoticed.
  atBatchOne(copy);
  return copy;
}

function cutSlice(
  graph: Graph,
  node: GraphNode,
  { input, axis, channels }: ChannelSlice,
  stays: (channel: number) => boolean,
): void {
  if (channels.every(stays)) return;
  const name = node.inputs[input] ?? '';
  const constant = graph.constantOf(name);
  if (constant === undefined) return;
  const kept = [...channels.keys()].filter((at) => stays(channels[at] as number));
  const cut = takeAlong(constant, axis, kept).withName(graph.freshName(`${name}_cut`));
  graph.setInput(node, input, graph.addInitializer(cut).name);
}

/** A depthwise convolution has as many groups as its weight has channels left. */
function setGroup(graph: Graph, node: GraphNode): void {
  const group = graph.constantOf(node.inputs[1] ?? '')?.dims[0] ?? node.int('group', 1);
  graph.replaceNode(node, { attributes: new Map(node.attributes).set('group', attribute.int(group)) });
}

/** A Reshape states the old length; a Flatten states none. */
function flattenInstead(graph: Graph, node: GraphNode): void {
  graph.replaceNode(node, {
    opType: 'Flatten',
    inputs: [node.inputs[0] ?? ''],
    attributes: { axis: attribute.int(1) },
  });
}

/** What no rule tells has been learned from a runtime; it holds but for the channels that are gone. */
function keepOpenFacts(
  copy: OnnxModel,
  { layouts }: ChannelGraph,
  stays: (channel: number) => boolean,
): void {
  const { values } = copy.graph;
  const known = new Map(values);
  values.clear();
  for (const name of openTensors(copy)) {
    const { dataType, dims } = known.get(name) ?? {};
    const { axis, channels } = layouts.get(name) ?? {};
    const left = channels?.filter(stays).length;
    const cut = dims?.map((dim, at) => (at === axis ? (left ?? dim) : dim));
    values.set(name, { name, dataType, dims: cut });
  }
}

/** Some slices of a float tensor along an axis, in the given order. */
export function takeAlong(tensor: Tensor, axis: number, kept: readonly number[]): Tensor {
  const { dims } = tensor;
  const inner = dims.slice(axis + 1).reduce((size, dim) => size * dim, 1);
  const outer = dims.slice(0, axis).reduce((size, dim) => size * dim, 1);
  const length = dims[axis] ?? 0;
  const values = tensor.floats();
  const taken = new Float64Array(outer * kept.length * inner);
  for (let o = 0; o < outer; o += 1)
    kept.forEach((from, to) => {
      const at = (o * length + from) * inner;
      taken.set(values.subarray(at, at + inner), (o * kept.length + to) * inner);
    });
  const cut = dims.map((dim, at) => (at === axis ? kept.length : dim));
  return Tensor.ofFloats(tensor.name, cut, taken, tensor.dataType);
}
