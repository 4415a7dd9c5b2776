import type { BundleInput, FrameSize } from '@hamon/contracts';
import { placeFrame } from '../geometry.js';
import type { AnomalyMap } from './read-outputs.js';

/** Two neighbouring cells of each pixel of an axis, and the weight of the second. */
interface Neighbours {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
}

/** The map's value at each pixel of a frame, bilinearly between the middles of cells; at the edges those of the edge. */
export function* pixelValues(map: AnomalyMap, input: BundleInput, frame: FrameSize): Generator<number> {
  const { scaleX, scaleY, offsetX, offsetY } = placeFrame(input, frame);
  const columns = neighbours(frame.width, map.width, input.width, scaleX, offsetX);
  const rows = neighbours(frame.height, map.height, input.height, scaleY, offsetY);
  const { values, width } = map;
  for (let y = 0; y < frame.height; y += 1) {
    const [upper, lower] = [(rows.first[y] as number) * width, (rows.second[y] as number) * width];
    const down = rows.weight[y] as number;
    for (let x = 0; x < frame.width; x += 1) {
      const [left, right] = [columns.first[x] as number, columns.second[x] as number];
      const across = columns.weight[x] as number;
      const above = between(values[upper + left] as number, values[upper + right] as number, across);
      const below = between(values[lower + left] as number, values[lower + right] as number, across);
      yield between(above, below, down);
    }
  }
}

const between = (a: number, b: number, weight: number): number => a + (b - a) * weight;

function neighbours(
  pixels: number,
  cells: number,
  inputSize: number,
  scale: number,
  offset: number,
): Neighbours {
  const [first, second] = [new Int32Array(pixels), new Int32Array(pixels)];
  const weight = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const at = (((pixel + 0.5) * scale + offset) * cells) / inputSize - 0.5;
    const inside = Math.min(cells - 1, Math.max(0, at));
    const cell = Math.floor(inside);
    first[pixel] = cell;
    second[pixel] = Math.min(cells - 1, cell + 1);
    weight[pixel] = inside - cell;
  }
  return { first, second, weight };
}
