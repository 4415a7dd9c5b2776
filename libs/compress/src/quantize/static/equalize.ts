import { Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { channelAxis } from './quantize-layer.js';

const ROUNDS = 20;
/** Once no channel changes by more than this share, the ranges are even. */
const EVEN_ENOUGH = 0.01;
/** A dead channel must not be scaled towards infinity. */
const BOUNDS = { least: 1e-4, most: 1e4 } as const;

interface Pair {
  readonly first: GraphNode;
  readonly second: GraphNode;
}

/**
 * Cross-layer equalization: moves scale between a layer's output channels and the inputs of the next, so that all channels
 * of a weight have like ranges (Nagel et al., ICCV 2019, section 4.1). Possible where nothing, Relu or LeakyRelu lies between
 * and nobody else reads; the model computes the same. A copy.
 * @returns the number of pairs; 0 where the model offers none
 */
export function equalize(model: OnnxModel): { readonly model: OnnxModel; readonly pairs: number } {
  const equal = model.clone();
  const { graph } = equal;
  const pairs = graph.topological().flatMap((node) => pairFrom(graph, node) ?? []);
  for (let round = 0; round < ROUNDS; round += 1) {
    let largest = 0;
    for (const pair of pairs) largest = Math.max(largest, equalizePair(graph, pair));
    if (largest < EVEN_ENOUGH) break;
  }
  return { model: equal, pairs: pairs.length };
}

function pairFrom(graph: Graph, first: GraphNode): Pair | undefined {
  if (!isPlainLayer(graph, first)) return undefined;
  let [tensor = ''] = first.outputs;
  let next = graph.onlyUseOf(tensor)?.node;
  if (next?.is('Relu', 'LeakyRelu') === true) {
    [tensor = ''] = next.outputs;
    next = graph.onlyUseOf(tensor)?.node;
  }
  if (next === undefined || !isPlainLayer(graph, next) || next.inputs[0] !== tensor) return undefined;
  return next.is('Conv') === first.is('Conv') ? { first, second: next } : undefined;
}

function isPlainLayer(graph: Graph, node: GraphNode): boolean {
  if (!node.is('Conv', 'Gemm')) return false;
  const [, weightName = '', biasName = ''] = node.inputs;
  const weight = graph.constantOf(weightName);
  const bias = biasName === '' ? undefined : graph.constantOf(biasName);
  if (weight?.dataType !== 'float32') return false;
  // A bias of one number for all channels cannot be scaled channel by channel.
  const channels = weight.dims[channelAxis(node)];
  if (biasName !== '' && (bias?.dims.length !== 1 || bias.size !== channels)) return false;
  // Each input channel belongs to one group: either all or its own, anything between is left alone.
  const group = node.int('group', 1);
  if (node.is('Conv')) return group === 1 || (group === weight.dims[0] && weight.dims[1] === 1);
  return node.int('transA', 0) === 0 && node.float('alpha', 1) === 1 && node.float('beta', 1) === 1;
}

/** @returns the largest relative change of a channel */
function equalizePair(graph: Graph, { first, second }: Pair): number {
  const [given, taken] = [weightOf(graph, first), weightOf(graph, second)];
  const isDepthwise = second.is('Conv') && second.int('group', 1) > 1;
  const outAxis = channelAxis(first);
  const inAxis = isDepthwise ? 0 : 1 - channelAxis(second);
  const [ranges, nextRanges] = [rangesAlong(given, outAxis), rangesAlong(taken, inAxis)];
  if (ranges.length !== nextRanges.length) return 0;
  let largest = 0;
  const factors = ranges.map((range, channel) => {
    const next = nextRanges[channel] as number;
    // range / factor and next · factor are equal then.
    const wanted = range > 0 && next > 0 ? Math.sqrt(range / next) : 1;
    const factor = Math.min(BOUNDS.most, Math.max(BOUNDS.least, wanted));
    largest = Math.max(largest, Math.abs(factor - 1));
    return factor;
  });
  const inverse = factors.map((factor) => 1 / factor);
  scaleWeight(graph, first, given, outAxis, inverse);
  scaleWeight(graph, second, taken, inAxis, factors);
  const bias = first.inputs[2] === undefined ? undefined : graph.constantOf(first.inputs[2]);
  if (bias !== undefined) {
    const values = Float64Array.from(bias.floats(), (value, channel) => value * (inverse[channel] as number));
    replaceInput(graph, first, 2, Tensor.ofFloats(bias.name, bias.dims, values));
  }
  return largest;
}

function weightOf(graph: Graph, node: GraphNode): Tensor {
  const weight = graph.constantOf(node.inputs[1] ?? '');
  if (weight === undefined) throw new Error(`${node.label} lost its weight`);
  return weight;
}

function rangesAlong(weight: Tensor, axis: number): Float64Array {
  const channels = weight.dims[axis] ?? 1;
  const stride = weight.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const ranges = new Float64Array(channels);
  weight.floats().forEach((value, index) => {
    const channel = Math.floor(index / stride) % channels;
    ranges[channel] = Math.max(ranges[channel] as number, Math.abs(value));
  });
  return ranges;
}

function scaleWeight(
  graph: Graph,
  node: GraphNode,
  weight: Tensor,
  axis: number,
  factors: Float64Array,
): void {
  const stride = weight.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const values = Float64Array.from(
    weight.floats(),
    (value, index) => value * (factors[Math.floor(index / stride) % factors.length] as number),
  );
  replaceInput(graph, node, 1, Tensor.ofFloats(weight.name, weight.dims, values));
}

/** Under a name of its own where others read the old one too. */
function replaceInput(graph: Graph, node: GraphNode, index: number, tensor: Tensor): void {
  const name = node.inputs[index] ?? '';
  if (graph.onlyUseOf(name) !== undefined) graph.setInitializer(tensor.withName(name));
  else graph.setInput(node, index, graph.addInitializer(tensor.withName(graph.freshName(name))).name);
}
