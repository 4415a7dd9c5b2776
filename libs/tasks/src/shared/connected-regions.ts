import type { MapGrid } from './map-grid.js';
import { RegionSet, type Region, type WantedRegions } from './region-set.js';
import { emptyRow, readRow, type RowRuns } from './row-runs.js';

/** Runs that are remembered before complete regions are told from open ones: noise has millions. */
const MOST_RUNS = 65_536;

interface RegionsRow extends RowRuns {
  /** A region by run; no meaning where the label makes none. */
  readonly regions: Int32Array;
}

/**
 * The regions of a label map on a frame: pixels of one label that touch by a side or a corner. Found on the map's cells, of
 * which those that no pixel falls on are not there. Memory is bounded, whatever the map holds.
 *
 * @param none the label that makes no regions, -1 where each does
 * @param wanted which of them, the best first
 * @param values by cell, of which each region's highest is told; without them it is 0
 */
export function connectedRegions(
  grid: MapGrid,
  map: Uint16Array,
  none: number,
  wanted: WantedRegions,
  values?: Float32Array,
): Region[] {
  const regions = new RegionSet(wanted);
  let [above, row] = [regionsRow(grid), regionsRow(grid)];
  for (let i = 0; i < grid.rows.cells.length; i += 1) {
    readRow(grid, map, i, row);
    uniteRows(above, row, none, regions);
    growRow(grid, i, row, none, regions, values);
    if (regions.size > MOST_RUNS) settle(row, none, regions);
    [above, row] = [row, above];
  }
  return regions.build();
}

/** Only what a run of the latest row belongs to can still grow. */
function settle(row: RegionsRow, none: number, regions: RegionSet): void {
  const found = Array.from(row.regions.subarray(0, row.count), (region, run) =>
    row.labels[run] === none ? -1 : regions.find(region),
  );
  const places = regions.settle(new Set(found.filter((region) => region >= 0)));
  for (const [run, region] of found.entries()) row.regions[run] = places.get(region) ?? -1;
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
