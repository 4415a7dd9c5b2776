import type { BundleInput, FrameSize } from '@hamon/contracts';
import { placeFrame } from '../geometry.js';

/** The cells of a map's axis that pixels of a frame fall on, in order: cell `cells[i]` has the pixels from `starts[i]` to before `starts[i + 1]`. */
export interface GridAxis {
  readonly cells: Int32Array;
  /** One more than cells. */
  readonly starts: Int32Array;
}

/** How the cells of an output map lie on a frame. Pixels outside of all cells have no answer. */
export interface MapGrid {
  readonly frame: FrameSize;
  readonly mapWidth: number;
  readonly columns: GridAxis;
  readonly rows: GridAxis;
}

/**
 * Nearest neighbour: each pixel of the frame has the cell that its middle lies in. The borders that `contain` adds have no
 * pixels, and the sides that `cover` cuts off have no cells.
 */
export function mapGrid(
  input: Pick<BundleInput, 'width' | 'height' | 'resize'>,
  frame: FrameSize,
  map: FrameSize,
): MapGrid {
  const { scaleX, scaleY, offsetX, offsetY } = placeFrame(input, frame);
  return {
    frame,
    mapWidth: map.width,
    columns: axisOf(frame.width, input.width, map.width, scaleX, offsetX),
    rows: axisOf(frame.height, input.height, map.height, scaleY, offsetY),
  };
}

function axisOf(pixels: number, inputSize: number, mapSize: number, scale: number, offset: number): GridAxis {
  const cells = new Int32Array(Math.min(pixels, mapSize));
  const starts = new Int32Array(cells.length + 1);
  let [count, last, end] = [0, -1, 0];
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const at = (pixel + 0.5) * scale + offset;
    if (at < 0 || at >= inputSize) continue;
    const cell = Math.min(mapSize - 1, Math.floor((at * mapSize) / inputSize));
    if (cell !== last) {
      cells[count] = cell;
      starts[count] = pixel;
      count += 1;
    }
    [last, end] = [cell, pixel + 1];
  }
  starts[count] = end;
  return { cells: cells.subarray(0, count), starts: starts.subarray(0, count + 1) };
}
