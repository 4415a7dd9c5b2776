import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';
import { Tensor } from '../tensor.js';
import { bypassNode } from './bypass-node.js';

/** `y = scale · x + shift`, one pair per channel. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * Puts per-channel scaling and shifting into the weights of the Conv or Gemm before it: BatchNormalization, and Mul and Add
 * by constants, which some exporters write instead. Done only where nobody else sees the values in between.
 * @returns number of nodes folded away
 */
export function foldBatchNormalization(model: OnnxModel): number {
  const { graph } = model;
  let folded = 0;
  for (const node of graph.topological()) {
    const at = node.is('BatchNormalization')
      ? 0
      : node.is('Mul', 'Add', 'Sub')
        ? activationInput(graph, node)
        : undefined;
    const input = at === undefined ? '' : (node.inputs[at] ?? '');
    const layer = graph.producerOf(input);
    if (at === undefined || layer?.is('Conv', 'Gemm') !== true) continue;
    if (graph.consumersOf(input).length !== 1 || graph.usesOf(input).length !== 1 || graph.isOutput(input))
      continue;
    const layout = layoutOf(graph, layer);
    if (layout === undefined) continue;
    const affine = node.is('BatchNormalization')
      ? normalization(graph, node, layout.channels)
      : elementwise(graph, node, at, layout);
    if (affine === undefined) continue;
    if (bypassNode(graph, node, at)) {
      graph.inherit(layer, node);
      apply(graph, layer, layout, affine);
      folded += 1;
    }
  }
  return folded;
}

interface Layout {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly channels: number;
  /** Elements of the weight between neighbours of one channel's axis. */
  readonly stride: number;
  /** Axes behind the channels in the layer's output. */
  readonly trailing: number;
  readonly beta: number;
}

function layoutOf(graph: Graph, layer: GraphNode): Layout | undefined {
  const [, weightName = '', biasName = ''] = layer.inputs;
  const weight = graph.constantOf(weightName);
  const bias = biasName === '' ? undefined : graph.constantOf(biasName);
  if (weight?.dataType !== 'float32' || (biasName !== '' && bias?.dataType !== 'float32')) return undefined;
  const [rows = 0, columns = 0] = weight.dims;
  if (layer.is('Conv')) {
    if (bias !== undefined && bias.size !== rows) return undefined;
    const stride = rows === 0 ? 0 : weight.size / rows;
    return { weight, bias, channels: rows, stride, trailing: weight.dims.length - 2, beta: 1 };
  }
  const transposed = layer.int('transB', 0) === 1;
  const channels = transposed ? rows : columns;
  if (bias !== undefined && (bias.size !== channels || bias.dims.at(-1) !== channels)) return undefined;
  return {
    weight,
    bias,
    channels,
    stride: transposed ? columns : 1,
    trailing: 0,
    beta: layer.float('beta', 1),
  };
}

/** BatchNormalization in inference: scale · (x − mean) / sqrt(variance + epsilon) + bias. */
function normalization(graph: Graph, node: GraphNode, channels: number): Affine | undefined {
  const extra = node.outputs.slice(1).some((name) => name !== '');
  if (extra || node.int('training_mode', 0) === 1 || node.int('spatial', 1) !== 1) return undefined;
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => {
    const tensor = graph.constantOf(name);
    return tensor?.dataType === 'float32' && tensor.size === channels ? tensor.floats() : undefined;
  });
  if (gamma === undefined || beta === undefined || mean === undefined || variance === undefined)
    return undefined;
  const epsilon = node.float('epsilon', 1e-5);
  const scale = Float64Array.from(gamma, (value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  const shift = Float64Array.from(beta, (value, c) => value - (mean[c] ?? 0) * (scale[c] ?? 0));
  return { scale, shift };
}

/** Index of the input that is no constant, if exactly one is; for Sub it must be the first. */
function activationInput(graph: Graph, node: GraphNode): number | undefined {
  const [first, second] = node.inputs.map((name) => graph.constantOf(name) !== undefined);
  if (first === false && second === true) return 0;
  return first === true && second === false && !node.is('Sub') ? 1 : undefined;
}

function elementwise(graph: Graph, node: GraphNode, at: number, layout: Layout): Affine | undefined {
  const constant = graph.constantOf(node.inputs[1 - at] ?? '');
  const { channels, trailing } = layout;
  if (constant?.dataType !== 'float32') return undefined;
  // Only the channel axis may have a length: [1,] channels, 1, 1 … or a single number of no higher rank than the output.
  const { dims } = constant;
  const perChannel = dims.every(
    (dim, axis) => dim === 1 || (dim === channels && axis === dims.length - 1 - trailing),
  );
  if (dims.length > trailing + 2 || !perChannel || (constant.size !== 1 && constant.size !== channels))
    return undefined;
  const values = constant.floats();
  const each = Float64Array.from({ length: channels }, (_, c) => values[constant.size === 1 ? 0 : c] ?? 0);
  if (node.is('Mul')) return { scale: each, shift: new Float64Array(channels) };
  const sign = node.is('Sub') ? -1 : 1;
  return { scale: new Float64Array(channels).fill(1), shift: each.map((value) => sign * value) };
}

function apply(graph: Graph, layer: GraphNode, layout: Layout, { scale, shift }: Affine): void {
  const { weight, bias, channels, stride, beta } = layout;
  const old = weight.floats();
  const changed = Float64Array.from(
    old,
    (value, index) => value * (scale[Math.floor(index / stride) % channels] ?? 1),
  );
  const shifted = Float64Array.from(
    shift,
    (value, c) => (bias?.floats()[c] ?? 0) * beta * (scale[c] ?? 1) + value,
  );
  const [, weightName = '', biasName = ''] = layer.inputs;
  const newWeight = graph.addInitializer(
    Tensor.ofFloats(graph.freshName(`${weightName}_folded`), weight.dims, changed),
  );
  const biasBase = biasName === '' ? `${weightName}_bias` : `${biasName}_folded`;
  const newBias = graph.addInitializer(Tensor.ofFloats(graph.freshName(biasBase), [channels], shifted));
  const inputs = [layer.inputs[0] ?? '', newWeight.name, newBias.name];
  if (beta === 1) graph.setInputs(layer, inputs);
  else {
    const attributes = new Map(layer.attributes);
    // The factor is in the new bias now.
    attributes.delete('beta');
    graph.replaceNode(layer, { inputs, attributes });
  }
}
