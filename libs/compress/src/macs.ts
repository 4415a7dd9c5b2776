import {
  areStatic,
  inferShapes,
  OnnxError,
  type Graph,
  type GraphNode,
  type OnnxModel,
  type ValueInfo,
} from '@hamon/onnx';

/**
 * Multiply-accumulates of one inference at batch 1: convolutions and matrix products in any form (float, integer, weight-only).
 * Everything else (activations, additions, pooling) is not counted, as is usual when models are compared.
 * @throws OnnxError `dynamic-shape` naming the layer whose lengths are unknown
 */
export function countMacs(model: OnnxModel): number {
  let total = 0;
  for (const macs of macsByNode(model).values()) total += macs;
  return total;
}

/** {@link countMacs} for each node that multiplies matrices or convolves; the keys are nodes of the given model. */
export function macsByNode(model: OnnxModel): ReadonlyMap<GraphNode, number> {
  const { graph } = atBatchOne(model);
  const originals = model.graph.nodes;
  const counts = new Map<GraphNode, number>();
  // A clone keeps the order of nodes, so the two lists pair up.
  graph.nodes.forEach((node, index) => {
    const macs = macsOf(graph, node);
    const original = originals[index];
    if (macs !== undefined && original !== undefined) counts.set(original, macs);
  });
  return counts;
}

/** A copy whose inputs have the batch length 1 where the file leaves it open, with all shapes worked out anew. */
export function atBatchOne(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const fix = ({ name, dataType, dims }: ValueInfo): ValueInfo => ({
    name,
    dataType,
    dims: dims?.map((dim, axis) => (axis === 0 && typeof dim !== 'number' ? 1 : dim)),
  });
  const copy = model.withGraph(graph.withInterface(graph.inputs.map(fix), graph.outputs.map(fix)));
  const batches = new Set(graph.inputs.map(({ dims }) => dims?.[0]).filter((dim) => typeof dim === 'string'));
  // Stored facts may be a runtime's answers: those are kept, at batch 1. Others with open lengths are worked out.
  for (const [name, value] of [...copy.graph.values]) {
    const [first] = value.dims ?? [];
    const fixed = typeof first === 'string' && batches.has(first) ? fix(value) : value;
    if (areStatic(fixed.dims)) copy.graph.values.set(name, fixed);
    else copy.graph.values.delete(name);
  }
  inferShapes(copy);
  return copy;
}

function macsOf(graph: Graph, node: GraphNode): number | undefined {
  const dims = (tensor: string | undefined): readonly number[] => {
    const found = graph.valueOf(tensor ?? '')?.dims;
    if (areStatic(found)) return found;
    throw new OnnxError(
      'dynamic-shape',
      `multiply-accumulates of ${node.label}: the shape of tensor "${tensor ?? ''}" is not known`,
    );
  };
  const [output] = node.outputs;
  const [input, second] = node.inputs;
  if (node.is('Conv', 'ConvInteger')) return product(dims(output)) * product(dims(second).slice(1));
  if (node.is('QLinearConv')) return product(dims(output)) * product(dims(node.inputs[3]).slice(1));
  if (node.is('ConvTranspose')) return product(dims(input)) * product(dims(second).slice(1));
  if (node.is('Gemm')) {
    const inner = dims(input)[node.int('transA', 0) === 0 ? 1 : 0] ?? 0;
    return product(dims(output)) * inner;
  }
  if (node.is('MatMul', 'MatMulInteger', 'QLinearMatMul'))
    return product(dims(output)) * (dims(input).at(-1) ?? 0);
  if (node.domain === 'com.microsoft' && node.opType === 'MatMulNBits')
    return product(dims(output)) * node.int('K', 0);
  return undefined;
}

function product(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}
