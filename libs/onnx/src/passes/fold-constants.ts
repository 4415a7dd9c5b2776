import { constantValueOf } from '../constant-value.js';
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
/** What folding may make of a model: this much, and some times what its constants take already. */
const BUDGET = { bytes: 16 * 2 ** 20, times: 4 } as const;

/** How many bytes folding may still make; shared by repeated foldings, so that they do not multiply. */
export interface FoldingBudget {
  bytes: number;
}

/** The budget for all foldings of a model, from what its constants take at the start. */
export function foldingBudget({ graph }: OnnxModel): FoldingBudget {
  let constant = 0;
  for (const { lengthBytes } of graph.initializers.values()) constant += lengthBytes;
  for (const node of graph.nodes) if (node.is('Constant')) constant += node.tensor('value')?.lengthBytes ?? 0;
  return { bytes: BUDGET.bytes + BUDGET.times * constant };
}

/**
 * Computes at once what never changes: Constant nodes become initializers, nodes that read only constants become their
 * result, Shape of a known shape becomes numbers. DequantizeLinear of constants stays, it is the point of the constant.
 * @param budget what does not fit into it stays a node
 * @returns number of nodes folded
 */
export function foldConstants(model: OnnxModel, budget: FoldingBudget = foldingBudget(model)): number {
  const { graph } = model;
  inferShapes(model);
  let folded = 0;
  for (const node of graph.topological()) {
    const [output] = node.outputs;
    if (output === undefined || node.outputs.length !== 1 || node.captures.length > 0) continue;
    if (graph.isOutput(output)) continue;
    const value = valueOf(graph, node, output, budget);
    if (value === undefined) continue;
    graph.removeNode(node);
    graph.addInitializer(value.withName(output));
    folded += 1;
  }
  return folded;
}

function valueOf(graph: Graph, node: GraphNode, output: string, budget: FoldingBudget): Tensor | undefined {
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
  // Each tensor once: a Concat of one with itself, again and again, doubles it.
  const before = [...new Set(inputs)].reduce((sum, tensor) => sum + (tensor?.lengthBytes ?? 0), 0);
  const after = lengthBytesOf(dataType, size);
  if (after > before + MAX_GROWTH_BYTES || after > budget.bytes) return undefined;
  const value = evaluateNode(node, inputs, dims);
  // Two independent ways to the same shape: where they differ, neither is believed.
  if (value?.dataType !== dataType || value.dims.join() !== dims.join()) return undefined;
  // A Reshape or Identity of a constant is a view of the same bytes.
  if (!inputs.some((tensor) => tensor?.bytes.buffer === value.bytes.buffer)) budget.bytes -= after;
  return value;
}
