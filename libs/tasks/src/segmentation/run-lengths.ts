import type { MapGrid } from '../shared/map-grid.js';
import { emptyRow, readRow } from '../shared/row-runs.js';

/** As many numbers as an answer may have; masks of more are noise. */
export const MOST_RUN_NUMBERS = 1_000_000;

/** Collects `[label, pixels, …]`; neighbours of one label become one run. */
class RunWriter {
  readonly numbers: number[] = [];
  private last = -1;

  push(label: number, pixels: number): void {
    if (pixels === 0) return;
    if (label === this.last) {
      const at = this.numbers.length - 1;
      this.numbers[at] = (this.numbers[at] as number) + pixels;
    } else {
      this.numbers.push(label, pixels);
      this.last = label;
    }
  }
}

/**
 * The mask of a frame, row by row, without the mask itself: the rows of pixels that lie on one row of cells are alike.
 *
 * @param unanswered the label of pixels that no cell lies on, which `cover` cut off
 * @returns undefined where it would take more than `MOST_RUN_NUMBERS`
 */
export function runLengths(grid: MapGrid, map: Uint16Array, unanswered: number): number[] | undefined {
  const { frame, rows, columns } = grid;
  const [left, right] = [columns.starts[0] as number, columns.starts[columns.cells.length] as number];
  const [top, bottom] = [rows.starts[0] as number, rows.starts[rows.cells.length] as number];
  const writer = new RunWriter();
  const runs = emptyRow(grid);
  writer.push(unanswered, top * frame.width);
  for (let i = 0; i < rows.cells.length; i += 1) {
    readRow(grid, map, i, runs);
    const repeats = (rows.starts[i + 1] as number) - (rows.starts[i] as number);
    const isPlain = runs.count === 1 && left === 0 && right === frame.width;
    if (isPlain) writer.push(runs.labels[0] as number, frame.width * repeats);
    for (let repeat = 0; !isPlain && repeat < repeats; repeat += 1) {
      writer.push(unanswered, left);
      for (let run = 0; run < runs.count; run += 1) {
        writer.push(runs.labels[run] as number, (runs.ends[run] as number) - (runs.starts[run] as number));
      }
      writer.push(unanswered, frame.width - right);
      if (writer.numbers.length > MOST_RUN_NUMBERS) return undefined;
    }
  }
  writer.push(unanswered, (frame.height - bottom) * frame.width);
  return writer.numbers.length > MOST_RUN_NUMBERS ? undefined : writer.numbers;
}

/** Walks two masks of one size together: every stretch of pixels on which neither changes. */
export function overlay(
  first: readonly number[],
  second: readonly number[],
  visit: (first: number, second: number, pixels: number) => void,
): void {
  let [a, b] = [0, 0];
  let [leftA, leftB] = [first[1] ?? 0, second[1] ?? 0];
  while (a < first.length && b < second.length) {
    const pixels = Math.min(leftA, leftB);
    visit(first[a] as number, second[b] as number, pixels);
    leftA -= pixels;
    leftB -= pixels;
    if (leftA === 0) leftA = first[(a += 2) + 1] ?? 0;
    if (leftB === 0) leftB = second[(b += 2) + 1] ?? 0;
  }
}

/** Pixels by label; what lies behind the last label is left out. */
export function pixelsByLabel(rle: readonly number[], labels: number): number[] {
  const pixels = new Array<number>(labels).fill(0);
  for (let at = 0; at < rle.length; at += 2) {
    const label = rle[at] as number;
    if (label < labels) pixels[label] = (pixels[label] as number) + (rle[at + 1] as number);
  }
  return pixels;
}
