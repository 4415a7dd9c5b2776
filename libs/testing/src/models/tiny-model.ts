import type { BundleInput } from '@hamon/contracts';
import { onnxFile, type OnnxNode, type OnnxTensor } from './onnx-file.js';

export interface TinyModelOptions {
  readonly layout?: BundleInput['layout'];
  readonly channels?: 1 | 3;
  readonly width?: number;
  readonly height?: number;
  readonly classes?: number;
  /** `[classes, channels]`; by default class c has the weight c + 1 on every channel. */
  readonly weights?: Float32Array;
  /** The file that the weights are said to be in, instead of the model. */
  readonly weightsIn?: string;
  /** One per class; zeros by default. */
  readonly bias?: Float32Array;
  readonly inputName?: string;
  readonly outputName?: string;
  readonly batch?: number | string;
  /** Rounds of a loop before the answer: 10 ** 6 take about a second, `Infinity` never ends. */
  readonly delayRounds?: number;
}

/**
 * A classifier whose answer can be worked out by hand: `scores = weights · mean over all pixels per channel + bias`. No
 * activation, so that a bundle names its own.
 */
export function tinyModel(options: TinyModelOptions = {}): Uint8Array {
  const { layout = 'NCHW', channels = 1, width = 8, height = 8, classes = 3 } = options;
  const { inputName = 'image', outputName = 'scores', batch = 'batch', delayRounds = 0 } = options;
  const weights = options.weights ?? defaultWeights(classes, channels);
  const bias = options.bias ?? new Float32Array(classes);
  const planes = layout === 'NCHW' ? inputName : 'planes';
  const delay = delayRounds > 0 ? delayOf(delayRounds) : { nodes: [], initializers: [] };
  const biasName = delayRounds > 0 ? 'delayed_bias' : 'bias';
  return onnxFile({
    nodes: [
      ...(layout === 'NHWC'
        ? [node('Transpose', [inputName], planes, { perm: { ints: [0, 3, 1, 2] } })]
        : []),
      node('GlobalAveragePool', [planes], 'pooled'),
      node('Flatten', ['pooled'], 'flat', { axis: { int: 1 } }),
      ...delay.nodes,
      node('Gemm', ['flat', 'weights', biasName], outputName, { transB: { int: 1 } }),
    ],
    initializers: [
      {
        ...{ name: 'weights', dims: [classes, channels], data: weights },
        ...(options.weightsIn === undefined ? {} : { location: options.weightsIn }),
      },
      { name: 'bias', dims: [classes], data: bias },
      ...delay.initializers,
    ],
    inputs: [
      {
        name: inputName,
        shape: layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels],
      },
    ],
    outputs: [{ name: outputName, shape: [batch, classes] }],
  });
}

const defaultWeights = (classes: number, channels: number): Float32Array =>
  Float32Array.from({ length: classes * channels }, (_, i) => Math.floor(i / channels) + 1);

/** A loop that adds zero to the bias; the runtime cannot fold it, because its rounds depend on the input. */
function delayOf(rounds: number): { nodes: OnnxNode[]; initializers: OnnxTensor[] } {
  const trips = Number.isFinite(rounds) ? BigInt(rounds) : 2n ** 62n;
  return {
    nodes: [
      node('ReduceMax', ['flat'], 'largest', { keepdims: { int: 0 } }),
      node('Mul', ['largest', 'zero'], 'nothing'),
      node('Loop', ['trips', 'go', 'bias'], 'delayed_bias', {
        body: {
          graph: {
            nodes: [node('Identity', ['go_in'], 'go_out'), node('Add', ['bias_in', 'nothing'], 'bias_out')],
            initializers: [],
            inputs: [
              { name: 'round', type: 'int64', shape: [] },
              { name: 'go_in', type: 'bool', shape: [] },
              { name: 'bias_in', shape: ['classes'] },
            ],
            outputs: [
              { name: 'go_out', type: 'bool', shape: [] },
              { name: 'bias_out', shape: ['classes'] },
            ],
          },
        },
      }),
    ],
    initializers: [
      { name: 'trips', dims: [], data: BigInt64Array.of(trips) },
      { name: 'go', dims: [], data: Uint8Array.of(1) },
      { name: 'zero', dims: [], data: Float32Array.of(0) },
    ],
  };
}

const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({ op, inputs, outputs: [output], attributes });
