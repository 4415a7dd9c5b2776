import type { BundleInput } from '@hamon/contracts';

/** Writes one image's 8-bit samples (HWC) into a tensor. */
export type Normalise = (pixels: Uint8Array, tensor: Float32Array) => void;

/**
 * `(value * scale - mean) / std`, as one table of 256 results per channel: an 8-bit sample has no other values, and a
 * look-up is cheaper than the arithmetic.
 */
export function normaliser(input: BundleInput): Normalise {
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
  return (pixels, tensor) => {
    for (let i = 0, from = 0, to = 0; i < plane; i += 1, from += 3, to += pixelStride) {
      tensor[to] = first[pixels[from] as number] as number;
      tensor[to + channelStride] = second[pixels[from + 1] as number] as number;
      tensor[to + 2 * channelStride] = third[pixels[from + 2] as number] as number;
    }
  };
}

function tableOf({ scale, mean, std }: BundleInput, channel: number): Float32Array {
  const shift = mean[channel] ?? 0;
  const divisor = std[channel] ?? 1;
  return Float32Array.from({ length: 256 }, (_, value) => (value * scale - shift) / divisor);
}
