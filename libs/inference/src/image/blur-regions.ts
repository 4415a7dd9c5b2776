import type { Region } from '@hamon/contracts';
import type { Pixels } from './image-form.js';
import { loadSharp } from './sharp.js';

/** A region keeps no more than so many averages in each direction … */
const MOST_CELLS = 6;
/** … each of a square of at least so many pixels: of a small region one colour is left. */
const LEAST_CELL = 16;

/**
 * A picture whose regions cannot be made out: each is replaced by a few averages of itself, spread softly over it. What was
 * there is gone, not hidden; everything around it stays as it is. What of a region lies outside the picture is left out.
 */
export async function blurRegions(pixels: Pixels, regions: readonly Region[]): Promise<Pixels> {
  const inside = regions.flatMap((region) => cutTo(pixels, region) ?? []);
  if (inside.length === 0) return pixels;
  const blurred: Pixels = { ...pixels, data: Uint8Array.from(pixels.data) };
  for (const region of inside) await blur(blurred, region);
  return blurred;
}

function cutTo(frame: Pixels, { x, y, width, height }: Region): Region | undefined {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const cut = {
    ...{ x: left, y: top },
    width: Math.min(x + width, frame.width) - left,
    height: Math.min(y + height, frame.height) - top,
  };
  return cut.width >= 1 && cut.height >= 1 ? cut : undefined;
}

async function blur(pixels: Pixels, region: Region): Promise<void> {
  const { channels } = pixels;
  const [across, down] = [cellsOf(region.width), cellsOf(region.height)];
  const averages = averagesOf(pixels, region, across, down);
  const sharp = await loadSharp();
  const size = { width: region.width, height: region.height };
  const image = sharp(averages, { raw: { width: across, height: down, channels } });
  const soft = await (channels === 1 ? image.toColourspace('b-w') : image)
    .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
    .blur(Math.max(1, Math.min(size.width / across, size.height / down) / 2))
    .raw({ depth: 'uchar' })
    .toBuffer();
  const rowBytes = region.width * channels;
  for (let row = 0; row < region.height; row += 1) {
    const to = ((region.y + row) * pixels.width + region.x) * channels;
    pixels.data.set(soft.subarray(row * rowBytes, (row + 1) * rowBytes), to);
  }
}

const cellsOf = (length: number): number =>
  Math.min(MOST_CELLS, Math.max(1, Math.floor(length / LEAST_CELL)));

/** `[down, across, channels]`, each the average of its part of the region. */
function averagesOf(
  { data, width, channels }: Pixels,
  region: Region,
  across: number,
  down: number,
): Uint8Array {
  const sums = new Float64Array(across * down * channels);
  const counts = new Float64Array(across * down);
  for (let y = 0; y < region.height; y += 1) {
    const row = Math.floor((y * down) / region.height) * across;
    for (let x = 0; x < region.width; x += 1) {
      const cell = row + Math.floor((x * across) / region.width);
      const from = ((region.y + y) * width + region.x + x) * channels;
      counts[cell] = (counts[cell] as number) + 1;
      for (let c = 0; c < channels; c += 1) {
        sums[cell * channels + c] = (sums[cell * channels + c] as number) + (data[from + c] as number);
      }
    }
  }
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / (counts[Math.floor(i / channels)] as number)));
}
