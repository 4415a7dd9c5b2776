import { isFloatType, type OnnxModel, type Tensor } from '@hamon/onnx';
import { CompressError } from '../errors.js';

const QUANTIZED = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'ConvInteger',
  'MatMulInteger',
  'MatMulNBits',
  'MatMulBnb4',
  'DynamicQuantizeMatMul',
  'MatMulIntegerToFloat',
  'DynamicQuantizeLSTM',
  'GatherBlockQuantized',
]);

/**
 * Compression starts from a sound float model.
 * @throws CompressError `already-quantized` naming a node, `weights-not-finite` naming a tensor and an element
 */
export function checkFloatModel(model: OnnxModel): void {
  for (const node of model.graph.topological()) {
    if (QUANTIZED.has(node.opType) || node.opType.startsWith('QLinear') || node.opType === 'QGemm')
      throw new CompressError(
        'already-quantized',
        `the model is quantized already (${node.label}); hand in the float model that it was made from`,
      );
    const value = node.is('Constant') ? node.tensor('value') : undefined;
    if (value !== undefined) checkFinite(value, node.outputs[0] ?? node.label);
  }
  for (const [name, tensor] of model.graph.initializers) checkFinite(tensor, name);
}

function checkFinite(tensor: Tensor, name: string): void {
  if (!isFloatType(tensor.dataType)) return;
  const values = tensor.floats();
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    // Masks for attention are written as −∞ on purpose; only NaN is never meant.
    if (Number.isNaN(value) || (tensor.dims.length >= 2 && value === Infinity))
      throw new CompressError('weights-not-finite', `the weight "${name}" holds ${value} at element ${i}`);
  }
}
