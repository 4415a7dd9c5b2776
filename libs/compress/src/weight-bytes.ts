import type { Graph, GraphNode, OnnxModel } from '@hamon/onnx';

/** Operators that multiply matrices or convolve, in any form of their weights. */
const LAYERS = new Set([
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'ConvInteger',
  'MatMulInteger',
  'QLinearConv',
  'QLinearMatMul',
  'MatMulNBits',
]);

export const isLayer = ({ opType }: GraphNode): boolean => LAYERS.has(opType);

/** Bytes of constants behind each layer of a model: weights, biases, scales. What layers share counts for each of them. */
export function weightBytes({ graph }: OnnxModel): ReadonlyMap<GraphNode, number> {
  const layers = graph.topological().filter(isLayer);
  return new Map(layers.map((node) => [node, bytesBehind(graph, node)]));
}

function bytesBehind(graph: Graph, layer: GraphNode): number {
  const seen = new Set<string>();
  /** Counts a tensor if it depends on constants alone. */
  const constantBytes = (tensor: string): number | undefined => {
    if (tensor === '' || seen.has(tensor)) return 0;
    const initializer = graph.initializers.get(tensor);
    if (initializer !== undefined) {
      seen.add(tensor);
      return initializer.lengthBytes;
    }
    const producer = graph.producerOf(tensor);
    if (producer === undefined) return undefined;
    if (producer.opType === 'Constant') return producer.tensor('value')?.lengthBytes ?? 0;
    let sum = 0;
    for (const input of producer.inputs) {
      const bytes = constantBytes(input);
      if (bytes === undefined) return undefined;
      sum += bytes;
    }
    seen.add(tensor);
    return sum;
  };
  return layer.inputs.reduce((sum, input) => sum + (constantBytes(input) ?? 0), 0);
}
