/** Interleaved 8-bit samples: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
export interface Samples {
  readonly data: Uint8Array;
  readonly channels: number;
}

/** Rec. 601 luma (0.299 R + 0.587 G + 0.114 B) in 16-bit fixed point; the weights add up to 65,536. */
const luma = (red: number, green: number, blue: number): number =>
  (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >>> 16;

/** Interleaved samples → as many channels as a model takes; alpha is left out, not blended. */
export function toChannels({ data, channels }: Samples, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return data;
  const isColour = channels >= 3;
  const pixels = data.length / channels;
  const samples = new Uint8Array(pixels * wanted);
  for (let i = 0, from = 0, to = 0; i < pixels; i += 1, from += channels, to += wanted) {
    const first = data[from] as number;
    if (wanted === 1) {
      samples[to] = isColour ? luma(first, data[from + 1] as number, data[from + 2] as number) : first;
    } else {
      samples[to] = first;
      samples[to + 1] = isColour ? (data[from + 1] as number) : first;
      samples[to + 2] = isColour ? (data[from + 2] as number) : first;
    }
  }
  return samples;
}
