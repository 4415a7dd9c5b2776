import { OnnxError } from './errors.js';
import type { GraphNode } from './graph-node.js';

/**
 * Every node after those that make its inputs; nodes that are in order already stay so, hence the same graph always gives
 * the same order. Walks with a stack of its own: a deep graph would exhaust that of calls.
 * @throws OnnxError `invalid-graph` naming a node of a cycle
 */
export function topologicalOrder(
  nodes: Iterable<GraphNode>,
  producers: ReadonlyMap<string, GraphNode>,
): readonly GraphNode[] {
  const sorted: GraphNode[] = [];
  const state = new Map<GraphNode, 'open' | 'done'>();
  const isMissing = (node: GraphNode | undefined): node is GraphNode =>
    node !== undefined && state.get(node) !== 'done';
  for (const root of nodes) {
    const stack = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const before = state.get(node);
      if (before === 'done') {
        stack.pop();
        continue;
      }
      state.set(node, 'open');
      const missing = [...node.inputs, ...node.captures]
        .map((tensor) => producers.get(tensor))
        .filter(isMissing);
      if (missing.length === 0) {
        state.set(node, 'done');
        sorted.push(node);
        stack.pop();
        continue;
      }
      // On the second visit everything it waits for has been walked, unless that waits for the node itself.
      if (before === 'open')
        throw new OnnxError('invalid-graph', `the graph has a cycle through ${node.label}`);
      stack.push(...missing.reverse());
    }
  }
  return sorted;
}
