import { onnxFile } from './onnx-file.js';

/**
 * A classifier of a few hundred bytes that fills `bytes` of memory when it runs: the length is an initializer, so that the
 * file does not grow with it.
 */
export function hungryModel(bytes: number): Uint8Array {
  return onnxFile({
    nodes: [
      { op: 'ConstantOfShape', inputs: ['length'], outputs: ['huge'] },
      { op: 'ReduceMax', inputs: ['huge'], outputs: ['nothing'], attributes: { keepdims: { int: 0 } } },
      { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: { int: 1 } } },
      { op: 'Gemm', inputs: ['flat', 'weights'], outputs: ['sums'], attributes: { transB: { int: 1 } } },
      { op: 'Add', inputs: ['sums', 'nothing'], outputs: ['scores'] },
    ],
    initializers: [
      { name: 'length', dims: [1], data: BigInt64Array.of(BigInt(Math.ceil(bytes / 4))) },
      { name: 'weights', dims: [3, 1], data: Float32Array.of(1, 2, 3) },
    ],
    inputs: [{ name: 'image', shape: ['batch', 1, 8, 8] }],
    outputs: [{ name: 'scores', shape: ['batch', 3] }],
  });
}
