import type { MapGrid } from './map-grid.js';
import { RegionSet, type Region } from './region-set.js';
import { emptyRow, readRow, type RowRuns } from './row-runs.js';

interface RegionsRow extends RowRuns {
  /** A region by run; no meaning where the label makes none. */
  readonly regions: Int32Array;
}

/**
 * The regions of a label map on a frame, in the order of their first pixels: pixels of one label that touch by a side or a
 * corner. Found on the map's cells, of which those that no pixel falls on are not there.
 *
 * @param none the label that makes no regions, -1 where each does
 * @param values by cell, of which each region's highest is told; without them it is 0
 */
export function connectedRegions(
  grid: MapGrid,
  map: Uint16Array,
  none: number,
  values?: Float32Array,
): Region[] {
  const regions = new RegionSet();
  let [above, row] = [regionsRow(grid), regionsRow(grid)];
  for (let i = 0; i < grid.rows.cells.length; i += 1) {
    readRow(grid, map, i, row);
    uniteRows(above, row, none, regions);
    growRow(grid, i, row, none, regions, values);
    [above, row] = [row, above];
  }
  return regions.build();
}

function regionsRow(grid: MapGrid): RegionsRow {
  const row = emptyRow(grid);
  return { ...row, regions: new Int32Array(row.labels.length) };
}

function uniteRows(above: RegionsRow, row: RegionsRow, none: number, regions: RegionSet): void {
  let from = 0;
  for (let run = 0; run < row.count; run += 1) {
    const label = row.labels[run] as number;
    if (label === none) continue;
    const [start, end] = [row.starts[run] as number, row.ends[run] as number];
    // A run that ends where this one begins touches it by a corner.
    while (from < above.count && (above.ends[from] as number) < start) from += 1;
    let region = -1;
    for (let other = from; other < above.count && (above.starts[other] as number) <= end; other += 1) {
      if (above.labels[other] !== label) continue;
      const touched = above.regions[other] as number;
      region = region < 0 ? regions.find(touched) : regions.unite(region, touched);
    }
    row.regions[run] = region < 0 ? regions.begin(label) : region;
  }
}

function growRow(
  { rows, columns, mapWidth }: MapGrid,
  place: number,
  row: RegionsRow,
  none: number,
  regions: RegionSet,
  values: Float32Array | undefined,
): void {
  const [top, bottom] = [rows.starts[place] as number, rows.starts[place + 1] as number];
  const base = (rows.cells[place] as number) * mapWidth;
  for (let run = 0; run < row.count; run += 1) {
    if (row.labels[run] === none) continue;
    const region = regions.find(row.regions[run] as number);
    regions.grow(region, row.starts[run] as number, top, row.ends[run] as number, bottom);
    if (!values) continue;
    for (let column = row.firsts[run] as number; column < (row.lasts[run] as number); column += 1) {
      regions.raise(region, values[base + (columns.cells[column] as number)] as number);
    }
  }
}
