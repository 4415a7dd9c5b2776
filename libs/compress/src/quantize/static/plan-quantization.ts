import type { Graph, GraphNode } from '@hamon/onnx';
import { roleOf, type NodeRole } from './node-roles.js';

/** What is computed in integers. Everything is named by tensors, so that a plan holds for every copy of the graph. */
export interface QuantizationPlan {
  /** First outputs of the nodes that onnxruntime will compute in integers. */
  readonly nodes: ReadonlySet<string>;
  /** Activation tensors that are held as integers, each with the tensor whose range it takes. */
  readonly tensors: ReadonlyMap<string, string>;
  /** Outputs of Relu and Clip nodes that follow directly upon an integer node; saturation may do their work. */
  readonly clamps: ReadonlySet<string>;
  /** First outputs of the layers among {@link nodes}. */
  readonly layers: readonly string[];
}

/**
 * Decides which nodes and tensors of a prepared float graph become integers: all layers but those to be kept float, and
 * between them whatever has an integer kernel. A node whose result only float nodes read stays float, unless it is a layer.
 */
export function planQuantization(graph: Graph, keepFloat: (node: GraphNode) => boolean): QuantizationPlan {
  const order = graph.topological();
  // What a subgraph reads by name has to stay as it is.
  const staysFloat = (node: GraphNode): boolean =>
    keepFloat(node) || node.outputs.some((output) => graph.isCaptured(output));
  const roles = new Map(order.map((node) => [node, staysFloat(node) ? 'float' : roleOf(graph, node)]));
  const chosen = new Set<GraphNode>();
  const clamps = new Set<GraphNode>();
  const isInteger = (tensor: string): boolean => {
    const producer = graph.producerOf(tensor);
    return producer !== undefined && (chosen.has(producer) || clamps.has(producer));
  };
  const readers = (node: GraphNode): readonly GraphNode[] =>
    graph.isOutput(node.outputs[0] ?? '') ? [] : graph.consumersOf(node.outputs[0] ?? '');
  const allReadersChosen = (node: GraphNode): boolean =>
    readers(node).length > 0 && readers(node).every((reader) => chosen.has(reader) || clamps.has(reader));

  for (const node of order) {
    const role = roles.get(node);
    const inputs = activationsOf(graph, node, role);
    if (role === 'layer') chosen.add(node);
    else if (role === 'combining' || role === 'moving') {
      if (inputs.length > 0 && inputs.every(isInteger)) chosen.add(node);
    } else if (role === 'clamping' && canTakeOver(graph, node, roles, chosen)) clamps.add(node);
  }
  for (const node of [...order].reverse()) {
    const role = roles.get(node);
    if (role === 'moving' && allReadersChosen(node)) chosen.add(node);
    else if (role !== 'layer' && !readersTakeIntegers(graph, node, chosen)) {
      // Integers that are turned back at once only cost accuracy.
      chosen.delete(node);
      clamps.delete(node);
    }
  }
  for (const clamp of clamps) if (!chosen.has(producerOf(graph, clamp) ?? clamp)) clamps.delete(clamp);
  return describe(graph, order, roles, chosen, clamps);
}

function describe(
  graph: Graph,
  order: readonly GraphNode[],
  roles: ReadonlyMap<GraphNode, NodeRole>,
  chosen: ReadonlySet<GraphNode>,
  clamps: ReadonlySet<GraphNode>,
): QuantizationPlan {
  const tensors = new Map<string, string>();
  const nodes = new Set<string>();
  const layers: string[] = [];
  for (const node of order) {
    if (!chosen.has(node)) continue;
    const [output = ''] = node.outputs;
    const role = roles.get(node);
    nodes.add(output);
    if (role === 'layer') layers.push(output);
    const inputs = activationsOf(graph, node, role);
    for (const input of inputs) if (!tensors.has(input)) tensors.set(input, input);
    const clamp = graph.consumersOf(output).find((reader) => clamps.has(reader));
    const result = clamp?.outputs[0] ?? output;
    const [input = ''] = inputs;
    if (role === 'moving') tensors.set(output, tensors.get(input) ?? input);
    else if (node.is('Conv') || role === 'combining') tensors.set(result, result);
    else if (graph.consumersOf(result).some((reader) => chosen.has(reader))) tensors.set(result, result);
  }
  const clamped = new Set([...clamps].map(({ outputs: [output = ''] }) => output));
  return { nodes, tensors, clamps: clamped, layers };
}

/** Inputs that flow, as opposed to weights, shapes and bounds. */
export function activationsOf(graph: Graph, node: GraphNode, role: NodeRole | undefined): readonly string[] {
  const flowing = role === 'combining' ? node.inputs : node.inputs.slice(0, 1);
  return flowing.filter((name) => name !== '' && graph.constantOf(name) === undefined);
}

/** A clamp disappears in the node before it, if nobody else reads that node's result. */
function canTakeOver(
  graph: Graph,
  clamp: GraphNode,
  roles: ReadonlyMap<GraphNode, NodeRole>,
  chosen: ReadonlySet<GraphNode>,
): boolean {
  const producer = producerOf(graph, clamp);
  const [input = ''] = clamp.inputs;
  return (
    producer !== undefined &&
    chosen.has(producer) &&
    roles.get(producer) !== 'moving' &&
    graph.onlyUseOf(input) !== undefined
  );
}

function readersTakeIntegers(graph: Graph, node: GraphNode, chosen: ReadonlySet<GraphNode>): boolean {
  const producer = node.is('Relu', 'Clip') ? producerOf(graph, node) : undefined;
  // After a convolution the result is an integer in any case: its kernel gives nothing else.
  if (producer?.is('Conv') === true) return true;
  const read = (tensor: string): boolean =>
    graph.consumersOf(tensor).some((reader) => {
      if (chosen.has(reader)) return true;
      return (
        reader.is('Relu', 'Clip') && graph.consumersOf(reader.outputs[0] ?? '').some((r) => chosen.has(r))
      );
    });
  return read(node.outputs[0] ?? '');
}

const producerOf = (graph: Graph, node: GraphNode): GraphNode | undefined =>
  graph.producerOf(node.inputs[0] ?? '');
