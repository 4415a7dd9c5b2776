import { attribute, elementTypeCode, Tensor, type Graph } from '@hamon/onnx';
import { quantizeWeight } from '../quantize-weight.js';
import type { WeightedLayer } from './layer-weight.js';

const FLOAT32 = elementTypeCode('float32');

/**
 * Keeps a layer's weight as int8 in the file and lets the runtime widen it once: Cast and Mul of constants are folded when
 * the model is loaded, in every runtime. DequantizeLinear would say the same, but onnxruntime computes it anew in each run.
 */
export function storeAsInt8(graph: Graph, { node, weight, axis }: WeightedLayer): void {
  const { values, scales } = quantizeWeight(weight.floats(), weight.dims, { axis, limit: 127 });
  const name = weight.name;
  const stored = Tensor.of(graph.freshName(`${name}_int8`), 'int8', weight.dims, values);
  const shape = weight.dims.map((length, at) => (at === axis ? length : 1));
  const scale = Tensor.ofFloats(graph.freshName(`${name}_scale`), shape, scales);
  graph.addInitializer(stored);
  graph.addInitializer(scale);
  const [widened, scaled] = [graph.freshName(`${name}_widened`), graph.freshName(`${name}_scaled`)];
  graph.addNode({
    opType: 'Cast',
    inputs: [stored.name],
    outputs: [widened],
    attributes: { to: attribute.int(FLOAT32) },
  });
  graph.addNode({ opType: 'Mul', inputs: [widened, scale.name], outputs: [scaled] });
  graph.setInput(node, 1, scaled);
}
