import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';
import { elementTypeOf } from '../element-type.js';
import { areStatic } from '../shapes/dimensions.js';
import { inferShapes } from '../shapes/infer-shapes.js';
import { bypassNode } from './bypass-node.js';

/**
 * Removes nodes that change nothing: Identity, Dropout as inference sees it, Cast to the same type, Transpose that keeps
 * the order, Reshape and Flatten to the same known shape, Pad by nothing, Concat of one.
 * @returns number of nodes removed
 */
export function removeIdentities(model: OnnxModel): number {
  const { graph } = model;
  inferShapes(model);
  let removed = 0;
  for (const node of graph.topological())
    if (changesNothing(graph, node) && bypassNode(graph, node)) removed += 1;
  return removed;
}

function changesNothing(graph: Graph, node: GraphNode): boolean {
  const value = graph.valueOf(node.inputs[0] ?? '');
  if (node.is('Identity')) return true;
  if (node.is('Dropout')) return !usesMask(graph, node) && !mayTrain(graph, node);
  if (node.is('Cast')) return value?.dataType === elementTypeOf(node.int('to', 0), node.label);
  if (node.is('Concat')) return node.inputs.length === 1;
  if (node.is('Transpose'))
    return node.ints('perm')?.every((axis, at) => axis === at) ?? value?.dims?.length === 1;
  if (node.is('Pad')) {
    const pads = node.ints('pads') ?? graph.constantOf(node.inputs[1] ?? '')?.ints();
    return pads?.every((pad) => pad === 0) ?? false;
  }
  if (!node.is('Reshape', 'Flatten', 'Expand', 'Squeeze', 'Unsqueeze')) return false;
  const after = graph.valueOf(node.outputs[0] ?? '');
  if (value?.dims === undefined || after?.dims === undefined || value.dims.length !== after.dims.length)
    return false;
  if (areStatic(value.dims) && areStatic(after.dims)) return value.dims.join() === after.dims.join();
  // Flatten at axis 1 of a matrix keeps it whatever the lengths are.
  return node.is('Flatten') && value.dims.length === 2 && node.int('axis', 1) === 1;
}

function usesMask(graph: Graph, node: GraphNode): boolean {
  const [, mask = ''] = node.outputs;
  return mask !== '' && (graph.consumersOf(mask).length > 0 || graph.isOutput(mask));
}

function mayTrain(graph: Graph, node: GraphNode): boolean {
  const [, , mode = ''] = node.inputs;
  if (mode === '') return node.int('is_test', 1) === 0;
  return graph.constantOf(mode)?.ints()[0] !== 0;
}
