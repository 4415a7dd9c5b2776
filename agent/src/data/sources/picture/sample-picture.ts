/** What a few pixels of a frame say, spread over all of it. */
export interface PictureSample {
  /** Of the bytes looked at; two that differ are of different pictures. */
  readonly hash: number;
  /** 0 to 255, over the bytes looked at. */
  readonly mean: number;
  readonly highest: number;
}

const LOOKED_AT = 4096;

/** Looks at some 4,096 bytes: a sensor's noise moves some of them from frame to frame even where nothing moves. */
export function samplePicture(pixels: Uint8Array): PictureSample {
  const step = stepFor(pixels.length);
  let hash = 0x811c9dc5;
  let sum = 0;
  let highest = 0;
  let count = 0;
  for (let i = 0; i < pixels.length; i += step) {
    const value = pixels[i] ?? 0;
    // FNV-1a, 32 bits.
    hash = Math.imul(hash ^ value, 0x01000193);
    sum += value;
    if (value > highest) highest = value;
    count += 1;
  }
  return { hash: hash >>> 0, mean: count === 0 ? 0 : sum / count, highest };
}

/** Neither even nor a multiple of 3, so that all channels and columns are met. */
function stepFor(length: number): number {
  let step = Math.max(1, Math.floor(length / LOOKED_AT));
  while (step % 2 === 0 || step % 3 === 0) step -= 1;
  return step;
}
