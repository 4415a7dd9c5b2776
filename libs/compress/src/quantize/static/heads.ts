import type { Graph, GraphNode } from '@hamon/onnx';
import { roleOf } from './node-roles.js';
import type { QuantizationPlan } from './plan-quantization.js';

/**
 * First outputs of the nodes that are the last to be rounded on their way to an output of the model: what they hold reaches
 * it through float nodes alone, and no later layer evens out what the rounding did. Where a head puts pixels and scores into
 * one tensor, one int8 scale for both ruins the scores here. In the order of the graph.
 */
export function headsOf(graph: Graph, { nodes, clamps, tensors }: QuantizationPlan): readonly string[] {
  const heads = new Set<string>();
  const seen = new Set<GraphNode>();
  const walk = (tensor: string): void => {
    const node = graph.producerOf(tensor);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    const [output = ''] = node.outputs;
    if (clamps.has(output) || (nodes.has(output) && roleOf(graph, node) === 'moving')) {
      for (const input of node.inputs.slice(0, 1)) walk(input);
    } else if (nodes.has(output)) {
      // A product without rounded result (Gemm) gives floats as they are.
      if (isRounded(graph, node, tensors)) heads.add(output);
    } else for (const input of node.inputs) walk(input);
  };
  for (const { name } of graph.outputs) walk(name);
  return graph.topological().flatMap(({ outputs: [output = ''] }) => (heads.has(output) ? [output] : []));
}

/** Is the node's result, or that of the clamp behind it, held as integers? */
const isRounded = (graph: Graph, node: GraphNode, tensors: QuantizationPlan['tensors']): boolean =>
  node.outputs.some(
    (output) =>
      tensors.has(output) ||
      graph.consumersOf(output).some((reader) => reader.outputs.some((result) => tensors.has(result))),
  );
