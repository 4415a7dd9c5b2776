import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';

/**
 * Takes out a node whose first output equals its input `from`, letting readers read that input. If the output is the
 * graph's, its name moves to the node that makes the input.
 * @returns whether it could be done: not where interface names or subgraphs stand on both sides
 */
export function bypassNode(graph: Graph, node: GraphNode, from = 0): boolean {
  const [output = ''] = node.outputs;
  const input = node.inputs[from] ?? '';
  if (input === '' || output === '' || graph.isCaptured(output)) return false;
  if (!graph.isOutput(output)) {
    graph.replaceUses(output, input);
    graph.removeNode(node);
    return true;
  }
  const producer = graph.producerOf(input);
  if (producer === undefined || graph.isOutput(input) || graph.isCaptured(input)) return false;
  graph.removeNode(node);
  graph.setOutput(producer, producer.outputs.indexOf(input), output);
  graph.replaceUses(input, output);
  return true;
}
