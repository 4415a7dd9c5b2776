import {
  attribute,
  elementTypeCode,
  removeDeadCode,
  Tensor,
  type Graph,
  type GraphNode,
  type OnnxModel,
} from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import { prepareModel } from '../prepare-model.js';
import { quantizeWeight } from '../quantize-weight.js';
import { asMatrix, weightedLayers, type WeightedLayer } from '../weights/layer-weight.js';

export interface DynamicQuantizationOptions {
  /** As for static quantization; `false` if left out. */
  readonly reduceRange?: boolean;
  /** Layers that stay float, by name in the source model. */
  readonly keepFloat?: readonly string[];
}

const FLOAT32 = elementTypeCode('float32');

/**
 * Matrix products in integers, activations quantized as they come: DynamicQuantizeLinear, MatMulInteger and the scaling
 * after it, which onnxruntime fuses into one kernel. Convolutions stay float: without known ranges their integer form is
 * several times slower. Needs no data.
 * @throws CompressError `model-unsupported` where the model has no matrix product with constant weights,
 * `already-quantized`, `weights-not-finite`
 */
export function quantizeDynamic(
  source: OnnxModel,
  options: DynamicQuantizationOptions = {},
): { readonly model: OnnxModel; readonly layers: readonly string[] } {
  const model = prepareModel(source);
  const { graph } = model;
  if (model.opset < 11)
    throw new CompressError(
      'model-unsupported',
      `dynamic quantization needs operator set 11 or later, the model uses ${model.opset}`,
    );
  const keep = new Set(options.keepFloat);
  const layers: string[] = [];
  for (const layer of weightedLayers(graph)) {
    if (layer.node.sources.some((name) => keep.has(name)) || losesAxis(graph, layer.node)) continue;
    if (makeDynamic(graph, layer, options.reduceRange === true ? 63 : 127))
      layers.push(layer.node.sources[0] ?? layer.node.label);
  }
  if (layers.length === 0)
    throw new CompressError(
      'model-unsupported',
      'the model has no Gemm or MatMul with constant weights whose product integers can give',
    );
  graph.values.clear();
  removeDeadCode(model);
  return { model, layers };
}

/**
 * onnxruntime takes an addition after the product for a bias where its other operand is a row behind axes of 1, and gives the
 * result the product's axes, even where the operand has more.
 */
function losesAxis(graph: Graph, { outputs: [product = ''] }: GraphNode): boolean {
  const axes = graph.valueOf(product)?.dims?.length ?? 2;
  return graph
    .usesOf(product)
    .some(
      ({ node, index }) =>
        node.is('Add') && (graph.valueOf(node.inputs[1 - index] ?? '')?.dims?.length ?? 0) > axes,
    );
}

function makeDynamic(graph: Graph, layer: WeightedLayer, limit: number): boolean {
  const { node } = layer;
  const weight = storedWeight(graph, layer, limit);
  if (weight === undefined) return false;
  const [input = '', , bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const [values, inputScale, zeroPoint] = quantizedInput(graph, input);
  const fresh = (what: string): string => graph.freshName(`${output}_${what}`);
  const [sums, floats, factor] = [fresh('sums'), fresh('floats'), fresh('factor')];
  const product = bias === '' ? output : fresh('product');
  graph.removeNode(node);
  const from = [node];
  graph.addNode({
    opType: 'MatMulInteger',
    inputs: [values, weight.stored, zeroPoint],
    outputs: [sums],
    from,
  });
  graph.addNode({
    opType: 'Cast',
    inputs: [sums],
    outputs: [floats],
    attributes: { to: attribute.int(FLOAT32) },
  });
  graph.addNode({ opType: 'Mul', inputs: [inputScale, weight.scale], outputs: [factor] });
  graph.addNode({ opType: 'Mul', inputs: [floats, factor], outputs: [product], from });
  if (bias !== '') graph.addNode({ opType: 'Add', inputs: [product, bias], outputs: [output], from });
  return true;
}

/** Names of a product's weight in integers, `[inputs, outputs]` as MatMulInteger wants it, and of its scales. */
function storedWeight(
  graph: Graph,
  layer: WeightedLayer,
  limit: number,
): { readonly stored: string; readonly scale: string } | undefined {
  const matrix = asMatrix(layer);
  if (matrix === undefined) return undefined;
  const { rows, columns } = matrix;
  const { values, scales } = quantizeWeight(matrix.values, [rows, columns], { axis: 0, limit });
  const turned = new Int8Array(values.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      turned[column * rows + row] = values[row * columns + column] as number;
  const base = layer.weight.name;
  const stored = Tensor.of(graph.freshName(`${base}_int8`), 'int8', [columns, rows], turned);
  const scale = Tensor.ofFloats(graph.freshName(`${base}_scale`), [rows], scales);
  graph.addInitializer(stored);
  graph.addInitializer(scale);
  return { stored: stored.name, scale: scale.name };
}

/** Integers, scale and zero point of an activation, made once for all its readers. */
function quantizedInput(graph: Graph, input: string): readonly [string, string, string] {
  const existing = graph.consumersOf(input).find((node) => node.is('DynamicQuantizeLinear'));
  if (existing !== undefined) return existing.outputs as readonly [string, string, string];
  const outputs = [`${input}_int8`, `${input}_scale`, `${input}_zero`].map((name) =>
    graph.freshName(name),
  ) as [string, string, string];
  graph.addNode({ opType: 'DynamicQuantizeLinear', inputs: [input], outputs });
  return outputs;
}
