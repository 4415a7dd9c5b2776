import { attribute, removeDeadCode, Tensor, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { atBatchOne } from '../macs.js';
import { openTensors } from '../open-tensors.js';
import type { ChannelGraph } from './channel-graph.js';

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
  const { graph } = copy;
  const copies = new Map<GraphNode, GraphNode>();
  model.graph.nodes.forEach((node, index) => copies.set(node, graph.nodes[index] ?? node));
  const stays = (channel: number): boolean => !gone.has(channels.classes.find(channel));
  for (const { node, input, axis, channels: along } of channels.slices) {
    if (along.every(stays)) continue;
    const target = copies.get(node) ?? node;
    const name = target.inputs[input] ?? '';
    const constant = graph.constantOf(name);
    if (constant === undefined) continue;
    const kept = [...along.keys()].filter((at) => stays(along[at] as number));
    const cut = graph.addInitializer(
      takeAlong(constant, axis, kept).withName(graph.freshName(`${name}_cut`)),
    );
    graph.setInput(target, input, cut.name);
  }
  for (const node of channels.depthwise) {
    const target = copies.get(node) ?? node;
    const group = graph.constantOf(target.inputs[1] ?? '')?.dims[0] ?? target.int('group', 1);
    graph.replaceNode(target, {
      attributes: new Map(target.attributes).set('group', attribute.int(group)),
    });
  }
  for (const node of channels.flattening) {
    const target = copies.get(node) ?? node;
    graph.replaceNode(target, {
      opType: 'Flatten',
      inputs: [target.inputs[0] ?? ''],
      attributes: { axis: attribute.int(1) },
    });
  }
  removeDeadCode(copy);
  const known = new Map(graph.values);
  graph.values.clear();
  // What no rule tells has been learned from a runtime; it holds but for the channels that are gone.
  for (const name of openTensors(copy)) {
    const { dataType, dims } = known.get(name) ?? {};
    const { axis, channels: along } = channels.layouts.get(name) ?? {};
    const left = along?.filter(stays).length;
    graph.values.set(name, {
      name,
      dataType,
      dims: dims?.map((dim, at) => (at === axis ? (left ?? dim) : dim)),
    });
  }
  // Works the new shapes out at once, so that a mistake here cannot reach a file unseen.
  atBatchOne(copy);
  return copy;
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
