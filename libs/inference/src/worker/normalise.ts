import type { BundleInput } from '@hamon/contracts';
import { halfBits, type InputValues } from './element-type.js';

/** Writes one image's 8-bit samples (HWC, red first) into the values of a tensor. */
export type Normalise = (pixels: Uint8Array, tensor: InputValues) => void;

/** An array for one input tensor of this type. */
export function newValues(dtype: BundleInput['dtype'], length: number): InputValues {
  if (dtype === 'float16') return new Uint16Array(length);
  return dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
}

/**
 * `(value * scale - mean) / std`, as one table of 256 results per channel: an 8-bit sample has no other values, and a
 * look-up is cheaper than the arithmetic. `mean` and `std` are of the tensor's channels, in the model's order.
 */
export function normaliser(input: BundleInput): Normalise {
  const isSame = input.dtype === 'uint8' && (input.channels === 1 || isInterleaved(input));
  if (isSame) return (pixels, tensor) => tensor.set(pixels);
  const tables = Array.from({ length: input.channels }, (_, channel) => tableOf(input, channel));
  const [first, second = first, third = first] = tables;
  if (!first || !second || !third) throw new Error('an image has at least one channel');
  const plane = input.width * input.height;
  if (input.channels === 1) {
    return (pixels, tensor) => {
      for (let i = 0; i < plane; i += 1) tensor[i] = first[pixels[i] as number] as number;
    };
  }
  // The strides place channel c of pixel i at c * channelStride + i * pixelStride.
  const [channelStride, pixelStride] = input.layout === 'NCHW' ? [plane, 1] : [1, 3];
  const [one, three] = input.order === 'bgr' ? [2, 0] : [0, 2];
  return (pixels, tensor) => {
    for (let i = 0, from = 0, to = 0; i < plane; i += 1, from += 3, to += pixelStride) {
      tensor[to] = first[pixels[from + one] as number] as number;
      tensor[to + channelStride] = second[pixels[from + 1] as number] as number;
      tensor[to + 2 * channelStride] = third[pixels[from + three] as number] as number;
    }
  };
}

const isInterleaved = ({ layout, order = 'rgb' }: BundleInput): boolean =>
  layout === 'NHWC' && order === 'rgb';

function tableOf({ dtype, scale = 1, mean = [], std = [] }: BundleInput, channel: number): InputValues {
  const shift = mean[channel] ?? 0;
  const divisor = std[channel] ?? 1;
  const table = newValues(dtype, 256);
  for (let value = 0; value < 256; value += 1) {
    const normalised = (value * scale - shift) / divisor;
    table[value] = dtype === 'float16' ? halfBits(normalised) : normalised;
  }
  return table;
}
