import { onnxFile, type OnnxNode, type OnnxTensor } from './onnx-file.js';

/** Side and channels of the images that a `convStack` takes. */
export const CONV_STACK_INPUT = { width: 64, height: 64, channels: 3 } as const;

/** Planes inside the stack: enough work per layer that a few of them take a millisecond. */
const PLANES = 32;

/** A classifier (input `image`, output `scores`, three classes) of `depth` equal convolutions, to take a wanted time. */
export function convStack(depth: number): Uint8Array {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  let from = 'image';
  for (
    let layer = 0, channels: number = CONV_STACK_INPUT.channels;
    layer < depth;
    layer += 1, channels = PLANES
  ) {
    const length = PLANES * channels * 9;
    // Alternating signs keep the values small through any depth.
    const data = Float32Array.from({ length }, (_, i) => (((i * 7 + layer) % 13) - 6) / (6 * channels));
    initializers.push({ name: `weights_${layer}`, dims: [PLANES, channels, 3, 3], data });
    nodes.push(
      {
        op: 'Conv',
        inputs: [from, `weights_${layer}`],
        outputs: [`conv_${layer}`],
        attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: 'Relu', inputs: [`conv_${layer}`], outputs: [`relu_${layer}`] },
    );
    from = `relu_${layer}`;
  }
  const head = Float32Array.from({ length: 3 * PLANES }, (_, i) => ((i % 5) - 2) / 4);
  initializers.push({ name: 'head', dims: [3, PLANES], data: head });
  nodes.push(
    { op: 'GlobalAveragePool', inputs: [from], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: { int: 1 } } },
    { op: 'Gemm', inputs: ['flat', 'head'], outputs: ['scores'], attributes: { transB: { int: 1 } } },
  );
  const { channels, height, width } = CONV_STACK_INPUT;
  return onnxFile({
    nodes,
    initializers,
    inputs: [{ name: 'image', shape: [1, channels, height, width] }],
    outputs: [{ name: 'scores', shape: [1, 3] }],
  });
}
