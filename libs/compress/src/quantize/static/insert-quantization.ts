import { removeDeadCode, Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import {
  INTEGERS,
  parametersFor,
  representableRange,
  type QuantizationParameters,
  type Range,
} from '../quantization-parameters.js';
import { quantizeLayer } from './quantize-layer.js';
import { clampOf, roleOf } from './node-roles.js';
import type { QuantizationPlan } from './plan-quantization.js';

export interface InsertionOptions {
  readonly perChannel: boolean;
  readonly activations: 'uint8' | 'int8';
  readonly symmetricActivations: boolean;
  /** Largest magnitude of an integer weight. */
  readonly weightLimit: number;
}

/**
 * The model with QuantizeLinear and DequantizeLinear around everything that the plan wants in integers, in the form that
 * runtimes fuse into integer kernels: QDQ at each activation, DequantizeLinear at int8 weights and int32 biases. Zero points
 * of zero are left out at biases alone.
 * @param ranges of each tensor that the plan names as the giver of a range
 */
export function insertQuantization(
  model: OnnxModel,
  plan: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
  options: InsertionOptions,
): OnnxModel {
  const quantized = model.clone();
  const { graph } = quantized;
  const parameters = new Map<string, QuantizationParameters>();
  for (const [tensor, giver] of plan.tensors) {
    const range = ranges.get(giver);
    if (range === undefined) throw new CompressError('run-failed', `no range was observed for "${giver}"`);
    parameters.set(tensor, parametersFor(range, options.activations, options.symmetricActivations));
  }
  const integerNodes = new Set<GraphNode>();
  for (const output of plan.nodes) {
    const node = graph.producerOf(output);
    if (node !== undefined) integerNodes.add(node);
  }
  for (const clamp of plan.clamps) absorbClamp(graph, clamp, parameters);
  for (const node of integerNodes) {
    const role = roleOf(graph, node);
    const input = parameters.get(node.inputs[0] ?? '');
    if (role === 'layer' && input !== undefined) quantizeLayer(graph, node, input.scale, options);
    else if (role === 'combining') quantizeConstants(graph, node, options);
  }
  for (const [tensor, values] of parameters) quantizeTensor(graph, tensor, values, integerNodes);
  graph.values.clear();
  removeDeadCode(quantized);
  return quantized;
}

/** A clamp whose bounds the integers cannot leave does nothing: the node before it gives its output. */
function absorbClamp(graph: Graph, output: string, parameters: Map<string, QuantizationParameters>): void {
  const clamp = graph.producerOf(output);
  const values = parameters.get(output);
  const bounds = clamp === undefined ? undefined : clampOf(graph, clamp);
  const producer = graph.producerOf(clamp?.inputs[0] ?? '');
  if (clamp === undefined || values === undefined || bounds === undefined || producer === undefined) return;
  const reach = representableRange(values);
  // Zero points are whole numbers, so the grid may miss a bound by up to half a step.
  const slack = values.scale / 2;
  if (reach.min < bounds.min - slack || reach.max > bounds.max + slack) {
    // The integers reach beyond the bounds: the clamp stays, between two tensors on the same grid.
    parameters.set(clamp.inputs[0] ?? '', values);
    return;
  }
  const [input = ''] = clamp.inputs;
  graph.removeNode(clamp);
  graph.setOutput(producer, producer.outputs.indexOf(input), output);
  graph.inherit(producer, clamp);
}

/** Tensor → QuantizeLinear → DequantizeLinear → readers. */
function quantizeTensor(
  graph: Graph,
  tensor: string,
  values: QuantizationParameters,
  integerNodes: ReadonlySet<GraphNode>,
): void {
  const producer = graph.producerOf(tensor);
  const fromIntegers =
    producer !== undefined && !graph.isCaptured(tensor) && isIntegerResult(graph, producer, integerNodes);
  let source = tensor;
  let result = graph.freshName(`${tensor}_dequantized`);
  if (graph.isOutput(tensor) && producer !== undefined && fromIntegers) {
    source = graph.freshName(`${tensor}_float`);
    graph.setOutput(producer, producer.outputs.indexOf(tensor), source);
    graph.replaceUses(tensor, source);
    result = tensor;
  }
  const stored = graph.freshName(`${tensor}_quantized`);
  const scale = scalarOf(graph, `${tensor}_scale`, values);
  graph.replaceUses(source, result, ({ node }) => fromIntegers || integerNodes.has(node));
  graph.addNode({
    opType: 'QuantizeLinear',
    inputs: [source, ...scale],
    outputs: [stored],
    from: producer === undefined ? [] : [producer],
  });
  graph.addNode({ opType: 'DequantizeLinear', inputs: [stored, ...scale], outputs: [result] });
}

/** A clamp that stayed gives floats, but those of an integer layer: its readers see the rounded values as well. */
function isIntegerResult(graph: Graph, producer: GraphNode, integerNodes: ReadonlySet<GraphNode>): boolean {
  if (integerNodes.has(producer)) return true;
  const before = producer.is('Relu', 'Clip') ? graph.producerOf(producer.inputs[0] ?? '') : undefined;
  return before !== undefined && integerNodes.has(before);
}

/** Names of scale and zero point. onnxruntime fuses Gemm, Flatten and the like only where a zero point is written, even of 0. */
function scalarOf(
  graph: Graph,
  base: string,
  { type, scale, zeroPoint }: QuantizationParameters,
): readonly string[] {
  const scaleName = graph.freshName(base);
  graph.addInitializer(Tensor.ofFloats(scaleName, [], [scale]));
  const zeroName = graph.freshName(`${base}_zero`);
  const data = type === 'uint8' ? Uint8Array.of(zeroPoint) : Int8Array.of(zeroPoint);
  graph.addInitializer(Tensor.of(zeroName, type, [], data));
  return [scaleName, zeroName];
}

/** By a loop: a constant of a million numbers is too many arguments for a function. */
function rangeOf(values: ArrayLike<number>): Range {
  let [min, max] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at += 1) {
    min = Math.min(min, values[at] as number);
    max = Math.max(max, values[at] as number);
  }
  return { min, max };
}

/** Constant operands of additions, products and concatenations. */
function quantizeConstants(graph: Graph, node: GraphNode, options: InsertionOptions): void {
  node.inputs.forEach((name, index) => {
    const constant = name === '' ? undefined : graph.constantOf(name);
    if (constant === undefined || (node.is('Add', 'Mul', 'Concat') && constant.dataType !== 'float32'))
      return;
    if (!node.is('Add', 'Mul', 'Concat')) return;
    const floats = constant.floats();
    const values = parametersFor(rangeOf(floats), options.activations, options.symmetricActivations);
    const { type, scale, zeroPoint } = values;
    const { min, max } = INTEGERS[type];
    const data = type === 'uint8' ? new Uint8Array(floats.length) : new Int8Array(floats.length);
    for (let at = 0; at < data.length; at += 1)
      data[at] = Math.max(min, Math.min(max, Math.round((floats[at] as number) / scale) + zeroPoint));
    const stored = graph.freshName(`${name}_quantized`);
    graph.addInitializer(Tensor.of(stored, type, constant.dims, data));
    const result = graph.freshName(`${name}_dequantized`);
    graph.addNode({
      opType: 'DequantizeLinear',
      inputs: [stored, ...scalarOf(graph, `${name}_scale`, values)],
      outputs: [result],
    });
    graph.setInput(node, index, result);
  });
}
