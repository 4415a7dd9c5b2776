import { attribute, elementTypeCode, Tensor, type Graph } from '@hamon/onnx';

/** Keeps a constant as float16 in the file; Cast of a constant is folded when the model is loaded. */
export function widenFromHalf(graph: Graph, tensor: Tensor): void {
  const { name, dims } = tensor;
  const half = Tensor.ofFloats(graph.freshName(`${name}_half`), dims, tensor.floats(), 'float16');
  graph.addInitializer(half);
  const widened = graph.freshName(`${name}_widened`);
  graph.replaceUses(name, widened);
  graph.addNode({
    opType: 'Cast',
    inputs: [half.name],
    outputs: [widened],
    attributes: { to: attribute.int(elementTypeCode('float32')) },
  });
}
