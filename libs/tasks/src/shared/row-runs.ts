import type { MapGrid } from './map-grid.js';

/** Neighbouring cells of one label in one row of a map, in pixels of the frame. One value serves row after row. */
export interface RowRuns {
  count: number;
  readonly labels: Int32Array;
  /** First pixel, and the one behind the last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Places among the grid's columns of the first cell, and of the one behind the last. */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
}

export function emptyRow({ columns }: MapGrid): RowRuns {
  const most = columns.cells.length;
  return {
    count: 0,
    labels: new Int32Array(most),
    starts: new Int32Array(most),
    ends: new Int32Array(most),
    firsts: new Int32Array(most),
    lasts: new Int32Array(most),
  };
}

/** @param row place among the grid's rows */
export function readRow(
  { columns: { cells, starts }, rows, mapWidth }: MapGrid,
  map: Uint16Array,
  row: number,
  runs: RowRuns,
): void {
  const base = (rows.cells[row] as number) * mapWidth;
  let [count, last] = [0, -1];
  for (let column = 0; column < cells.length; column += 1) {
    const label = map[base + (cells[column] as number)] as number;
    if (label !== last) {
      runs.labels[count] = label;
      runs.starts[count] = starts[column] as number;
      runs.firsts[count] = column;
      count += 1;
    }
    runs.ends[count - 1] = starts[column + 1] as number;
    runs.lasts[count - 1] = column + 1;
    last = label;
  }
  runs.count = count;
}
