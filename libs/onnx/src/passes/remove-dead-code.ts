import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';

/**
 * Removes nodes from which no output can be reached, and initializers that nobody reads. Inputs stay: callers feed them.
 * @returns number of nodes and initializers removed
 */
export function removeDeadCode(model: OnnxModel): number {
  const { graph } = model;
  const alive = reachable(graph);
  let removed = 0;
  for (const node of graph.nodes)
    if (!alive.has(node)) {
      graph.removeNode(node);
      removed += 1;
    }
  for (const name of [...graph.initializers.keys()])
    if (graph.consumersOf(name).length === 0 && !graph.isOutput(name) && !graph.isInput(name)) {
      graph.removeInitializer(name);
      removed += 1;
    }
  for (const name of [...graph.values.keys()])
    if (graph.producerOf(name) === undefined) graph.values.delete(name);
  return removed;
}

function reachable(graph: Graph): ReadonlySet<GraphNode> {
  const alive = new Set<GraphNode>();
  const pending = graph.outputs.map(({ name }) => name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = graph.producerOf(name);
    if (node === undefined || alive.has(node)) continue;
    alive.add(node);
    for (const tensor of node.inputs) pending.push(tensor);
    for (const tensor of node.captures) pending.push(tensor);
  }
  return alive;
}
