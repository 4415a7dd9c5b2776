import { constantValueOf } from '../constants/constant-value.js';
import { evaluateNode } from '../constants/evaluate-node.js';
import { lengthBytesOf } from '../element-type.js';
import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';
import { areStatic } from '../shapes/dimensions.js';
import { inferShapes } from '../shapes/infer-shapes.js';
import { Tensor } from '../tensor.js';

/** Folding must not blow a model up: an Expand of one number to a huge tensor stays a node. */
const MAX_GROWTH_BYTES = 65_536;

/**
 * Computes at once what never changes: Constant nodes become initializers, nodes that read only constants become their
 * result, Shape of a known shape becomes numbers. DequantizeLinear of constants stays, it is the point of the constant.
 * @returns number of nodes folded
 */
export function foldConstants(model: OnnxModel): number {
  const { graph } = model;
  inferShapes(model);
  let folded = 0;
  for (const node of graph.topological()) {
    const [output] = node.outputs;
    if (output === undefined || node.outputs.length !== 1 || node.captures.length > 0) continue;
    if (graph.isOutput(output)) continue;
    const value = valueOf(graph, node, output);
    if (value === undefined) continue;
    graph.removeNode(node);
    graph.addInitializer(value.withName(output));
    folded += 1;
  }
  return folded;
}

function valueOf(graph: Graph, node: GraphNode, output: string): Tensor | undefined {
  if (node.domain !== '') return undefined;
  if (node.is('Constant')) return constantValueOf(node);
  if (node.is('Shape')) {
    const dims = graph.valueOf(node.inputs[0] ?? '')?.dims?.slice(node.int('start', 0), node.int('end'));
    return areStatic(dims) ? Tensor.ofInts('', [dims.length], dims) : undefined;
  }
  const inputs: (Tensor | undefined)[] = [];
  for (const name of node.inputs) {
    const constant = name === '' ? undefined : graph.constantOf(name);
    if (name !== '' && constant === undefined) return undefined;
    inputs.push(constant);
  }
  const { dataType, dims } = graph.valueOf(output) ?? {};
  if (inputs.length === 0 || dataType === undefined || !areStatic(dims)) return undefined;
  const size = dims.reduce((product, dim) => product * dim, 1);
  const before = inputs.reduce((sum, tensor) => sum + (tensor?.lengthBytes ?? 0), 0);
  if (lengthBytesOf(dataType, size) > before + MAX_GROWTH_BYTES) return undefined;
  const value = evaluateNode(node, inputs, dims);
  // Two independent ways to the same shape: where they differ, neither is believed.
  if (value?.dataType !== dataType || value.dims.join() !== dims.join()) return undefined;
  return value;
}
