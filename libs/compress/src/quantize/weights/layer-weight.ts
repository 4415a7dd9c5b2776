import type { Graph, GraphNode, Tensor } from '@hamon/onnx';

/** A layer with a constant float32 weight. */
export interface WeightedLayer {
  readonly node: GraphNode;
  readonly weight: Tensor;
  /** Axis of the output channels in the weight. */
  readonly axis: number;
}

/** The node as a layer with a weight, `undefined` for anything else. */
export function weightedLayer(graph: Graph, node: GraphNode): WeightedLayer | undefined {
  if (!node.is('Conv', 'Gemm', 'MatMul', 'ConvTranspose')) return undefined;
  const weight = graph.constantOf(node.inputs[1] ?? '');
  if (weight?.dataType !== 'float32' || weight.dims.length < 2) return undefined;
  if (node.is('Conv')) return { node, weight, axis: 0 };
  if (node.is('ConvTranspose')) return node.int('group', 1) === 1 ? { node, weight, axis: 1 } : undefined;
  if (node.is('MatMul')) return { node, weight, axis: weight.dims.length - 1 };
  return { node, weight, axis: node.int('transB', 0) === 1 ? 0 : 1 };
}

export function weightedLayers(graph: Graph): readonly WeightedLayer[] {
  return graph.topological().flatMap((node) => weightedLayer(graph, node) ?? []);
}

/** A matrix product as `[outputs, inputs]`, the order of MatMulNBits; `undefined` for other layers and for scaled products. */
export function asMatrix(
  layer: WeightedLayer,
): { rows: number; columns: number; values: Float32Array } | undefined {
  const { node, weight, axis } = layer;
  if (!node.is('Gemm', 'MatMul') || weight.dims.length !== 2) return undefined;
  const isPlain =
    node.is('MatMul') ||
    (node.float('alpha', 1) === 1 && node.float('beta', 1) === 1 && node.int('transA', 0) === 0);
  if (!isPlain) return undefined;
  const [first = 0, second = 0] = weight.dims;
  const [rows, columns] = axis === 0 ? [first, second] : [second, first];
  const stored = weight.floats();
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      values[row * columns + column] = stored[
        axis === 0 ? row * columns + column : column * rows + row
      ] as number;
  return { rows, columns, values };
}
