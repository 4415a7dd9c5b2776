import { attribute, removeDeadCode, Tensor, type Graph, type OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import { prepareModel } from '../prepare-model.js';
import { asMatrix, weightedLayers, type WeightedLayer } from './layer-weight.js';
import { packBlocks } from './pack-blocks.js';
import { storeAsInt8 } from './store-weight.js';

export interface WeightQuantizationOptions {
  /** 8 (if left out) or 4; convolutions keep 8 in either case, only matrix products have a 4-bit kernel. */
  readonly bits?: 8 | 4;
  /**
   * `widened` (8 bits only, if left out): widened once when the model is loaded, as fast as float and readable everywhere.
   * `MatMulNBits` (always for 4 bits): onnxruntime's own operator, which also computes on the small weights.
   */
  readonly matrices?: 'widened' | 'MatMulNBits';
  /** Weights that share a scale in MatMulNBits: a power of two of at least 16; 128 for 8 bits, 32 for 4 if left out. */
  readonly blockSize?: number;
  /** Layers that stay float, by name in the source model. */
  readonly keepFloat?: readonly string[];
}

export interface WeightQuantizationResult {
  readonly model: OnnxModel;
  /** Layers with small weights, by name in the source model, with the form that they got. */
  readonly layers: readonly { readonly name: string; readonly form: 'int8' | 'MatMulNBits' }[];
}

/** Smaller weights cost more in scales and nodes than they save. */
const LEAST_ELEMENTS = 256;
/** MatMulNBits: integer products where the CPU has them. */
const INTEGER_ACCURACY = 4;

/**
 * Weight-only quantization: int8 per output channel or 4 bits per block, activations stay float. Needs no data.
 * @throws CompressError `already-quantized`, `weights-not-finite`, `option-invalid`
 */
export function quantizeWeights(
  source: OnnxModel,
  options: WeightQuantizationOptions = {},
): WeightQuantizationResult {
  const { bits = 8, matrices = bits === 4 ? 'MatMulNBits' : 'widened' } = options;
  const blockSize = options.blockSize ?? (bits === 4 ? 32 : 128);
  if (bits === 4 && matrices === 'widened')
    throw new CompressError('option-invalid', 'matrices: 4 bits need MatMulNBits');
  if (blockSize < 16 || blockSize > 256 || !Number.isInteger(Math.log2(blockSize)))
    throw new CompressError('option-invalid', `blockSize must be 16, 32, 64, 128 or 256, is ${blockSize}`);
  const model = prepareModel(source);
  const { graph } = model;
  const keep = new Set(options.keepFloat);
  const layers: { name: string; form: 'int8' | 'MatMulNBits' }[] = [];
  for (const layer of weightedLayers(graph)) {
    const { node, weight } = layer;
    if (weight.size < LEAST_ELEMENTS || node.sources.some((name) => keep.has(name))) continue;
    const name = node.sources[0] ?? node.label;
    if (matrices === 'MatMulNBits' && useBlocks(graph, layer, bits, blockSize)) {
      model.opsets.set('com.microsoft', 1);
      layers.push({ name, form: 'MatMulNBits' });
    } else {
      storeAsInt8(graph, layer);
      layers.push({ name, form: 'int8' });
    }
  }
  if (layers.length === 0)
    throw new CompressError(
      'model-unsupported',
      `the model has no Conv, Gemm or MatMul with ${LEAST_ELEMENTS} float weights or more`,
    );
  graph.values.clear();
  removeDeadCode(model);
  return { model, layers };
}

function useBlocks(graph: Graph, layer: WeightedLayer, bits: 4 | 8, blockSize: number): boolean {
  const matrix = asMatrix(layer);
  const { node, weight } = layer;
  const [input = '', , bias = ''] = node.inputs;
  // What rows differ in is no vector; everything else has been made one.
  const isVector = bias === '' || graph.constantOf(bias)?.dims.length === 1;
  if (matrix === undefined || !isVector || matrix.columns < blockSize) return false;
  const { rows, columns, values } = matrix;
  const { data, scales, blocksPerRow } = packBlocks(values, rows, columns, bits, blockSize);
  const stored = graph.freshName(`${weight.name}_int${bits}`);
  const dims = [rows, blocksPerRow, (blockSize * bits) / 8];
  graph.addInitializer(Tensor.of(stored, 'uint8', dims, data));
  const scaleName = graph.freshName(`${weight.name}_scale`);
  graph.addInitializer(Tensor.ofFloats(scaleName, [rows, blocksPerRow], scales));
  graph.replaceNode(node, {
    opType: 'MatMulNBits',
    domain: 'com.microsoft',
    inputs: bias === '' ? [input, stored, scaleName] : [input, stored, scaleName, '', '', bias],
    attributes: {
      K: attribute.int(columns),
      N: attribute.int(rows),
      bits: attribute.int(bits),
      block_size: attribute.int(blockSize),
      accuracy_level: attribute.int(INTEGER_ACCURACY),
    },
  });
  return true;
}
