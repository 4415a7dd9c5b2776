import { onnxFile, type OnnxNode, type OnnxTensor } from './onnx-file.js';

/** Side and channels of the images that a `convStack` takes. */
export const CONV_STACK_INPUT = { width: 64, height: 64, channels: 3 } as const;

/** Planes inside the stack: enough work per layer that a few of them take a millisecond. */
const PLANES = 32;

interface Layers {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

/** From the input `image` to `flat` `[1, PLANES]`. */
function layersOf(depth: number): Layers {
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
  nodes.push(
    { op: 'GlobalAveragePool', inputs: [from], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: { int: 1 } } },
  );
  return { nodes, initializers };
}

const gemm = (weights: string, output: string): OnnxNode => ({
  ...{ op: 'Gemm', inputs: ['flat', weights], outputs: [output] },
  attributes: { transB: { int: 1 } },
});

const { channels, height, width } = CONV_STACK_INPUT;
const inputs = [{ name: 'image', shape: [1, channels, height, width] }];

/** A classifier (input `image`, output `scores`, three classes) of `depth` equal convolutions, to take a wanted time. */
export function convStack(depth: number): Uint8Array {
  const { nodes, initializers } = layersOf(depth);
  const data = Float32Array.from({ length: 3 * PLANES }, (_, i) => ((i % 5) - 2) / 4);
  return onnxFile({
    nodes: [...nodes, gemm('head', 'scores')],
    initializers: [...initializers, { name: 'head', dims: [3, PLANES], data }],
    inputs,
    outputs: [{ name: 'scores', shape: [1, 3] }],
  });
}

export interface ConvDetectorOptions {
  readonly depth: number;
  readonly labels: number;
  /** Rows of the head, and how many of them say that something is there. */
  readonly rows: number;
  readonly found: number;
}

/** The same work under a detection head (output `boxes`, `[1, 4 + labels, rows]`), which says the same of every image. */
export function convDetector({ depth, labels, rows, found }: ConvDetectorOptions): Uint8Array {
  const { nodes, initializers } = layersOf(depth);
  const fields = 4 + labels;
  const boxes = new Float32Array(fields * rows).fill(0.01);
  for (let row = 0; row < rows; row += 1) {
    const [x, y] = [(row * 7) % width, (row * 13) % height];
    [x, y, 6 + (row % 5), 6 + (row % 3)].forEach((value, field) => {
      boxes[field * rows + row] = value;
    });
    const isFound = row % Math.floor(rows / found) === 0;
    if (isFound) boxes[(4 + (row % labels)) * rows + row] = 0.5 + (row % 40) / 100;
  }
  return onnxFile({
    nodes: [...nodes, gemm('nothing', 'zero'), { op: 'Add', inputs: ['zero', 'always'], outputs: ['boxes'] }],
    initializers: [
      ...initializers,
      { name: 'nothing', dims: [1, PLANES], data: new Float32Array(PLANES) },
      { name: 'always', dims: [1, fields, rows], data: boxes },
    ],
    inputs,
    outputs: [{ name: 'boxes', shape: [1, fields, rows] }],
  });
}
