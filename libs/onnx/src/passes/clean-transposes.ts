import { attribute } from '../attribute.js';
import type { Graph } from '../graph.js';
import type { OnnxModel } from '../onnx-model.js';
import { removeDeadCode } from './remove-dead-code.js';
import { removeIdentities } from './remove-identities.js';
import { permutationOf, sinkTranspose } from './sink-transpose.js';

/**
 * Makes pairs of Transpose that undo each other vanish, also with elementwise operators, residual additions, Concat or
 * reductions between them, as conversions between NHWC and NCHW leave them. Works on a copy and keeps the graph as it was
 * when that saves nothing.
 * @returns the model to go on with, and the number of Transpose nodes saved
 */
export function cleanTransposes(model: OnnxModel): { readonly model: OnnxModel; readonly saved: number } {
  const before = countTransposes(model.graph);
  if (before < 2) return { model, saved: 0 };
  const merged = model.clone();
  mergePairs(merged.graph);
  tidy(merged);
  const sunk = merged.clone();
  for (let round = sunk.graph.nodeCount; round > 0 && sinkOne(sunk); round -= 1) mergePairs(sunk.graph);
  tidy(sunk);
  const best = countTransposes(sunk.graph) < countTransposes(merged.graph) ? sunk : merged;
  const saved = before - countTransposes(best.graph);
  return saved > 0 ? { model: best, saved } : { model, saved: 0 };
}

function sinkOne(model: OnnxModel): boolean {
  const { graph, opset } = model;
  let moved = false;
  for (const node of graph.topological())
    if (graph.has(node) && !node.is('Transpose') && sinkTranspose(graph, node, opset)) moved = true;
  return moved;
}

/** Two Transposes in a row become one. */
function mergePairs(graph: Graph): void {
  for (const node of graph.topological()) {
    const first = graph.producerOf(node.inputs[0] ?? '');
    const [inner, outer] = [permutationOf(first), permutationOf(node)];
    if (first === undefined || inner === undefined || outer === undefined) continue;
    const perm = outer.map((axis) => inner[axis] ?? 0);
    graph.replaceNode(node, {
      inputs: first.inputs,
      attributes: { perm: attribute.ints(perm) },
      from: [first, node],
    });
  }
}

function tidy(model: OnnxModel): void {
  removeIdentities(model);
  removeDeadCode(model);
}

function countTransposes(graph: Graph): number {
  return graph.nodes.filter((node) => node.is('Transpose')).length;
}
