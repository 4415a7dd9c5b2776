import type { SampleSource } from '../dataset/sample-source.js';

/** More channels than this are taken for an axis of space. */
const MOST_CHANNELS = 4;

/**
 * Images and then the same images mirrored left to right. A fit only has to repeat what the original model does, so a mirrored
 * image needs no label and may even look wrong; what it brings are inputs that the model was not trained on, and a fit that holds on
 * those too. Sources of anything but images are returned as they are.
 */
export function withMirrored(source: SampleSource): SampleSource {
  const { dims, count, input, yardstick } = source;
  const [, first = 0, second = 0, third = 0] = dims;
  if (dims.length !== 4) return source;
  const planes = first <= MOST_CHANNELS && third > MOST_CHANNELS;
  if (!planes && third > MOST_CHANNELS) return source;
  const [width, depth] = planes ? [third, 1] : [second, third];
  return {
    count: 2 * count,
    input,
    dims,
    ...(yardstick === undefined ? {} : { yardstick }),
    async batch(index) {
      if (index < count) return source.batch(index);
      return mirror(await source.batch(index - count), width, depth);
    },
  };
}

/** Turns rows of `width` pixels of `depth` neighbouring numbers around. */
function mirror(values: Float32Array, width: number, depth: number): Float32Array {
  const mirrored = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += width * depth)
    for (let x = 0; x < width; x += 1)
      for (let d = 0; d < depth; d += 1)
        mirrored[from + x * depth + d] = values[from + (width - 1 - x) * depth + d] as number;
  return mirrored;
}
