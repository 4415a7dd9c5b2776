/**
 * Paired labels of two classifiers on the same frames: `cells` holds `[first, second, frames]`, where the first two
 * index `labels`. Which classifier is the first is the caller's convention.
 */
export interface ContingencyTable {
  readonly labels: string[];
  readonly cells: [number, number, number][];
}

/** Stands for a disagreement whose second label was not kept; never equal to a real label (those are at most 100 long). */
export const UNKEPT_LABEL = '(other label)'.padEnd(101, ' ');

/** Off-diagonal cells kept by `mergeTables` unless told otherwise. */
export const MAX_TABLE_CELLS = 16_384;

/** A table without frames. */
export const emptyTable = (): ContingencyTable => ({ labels: [], cells: [] });

/** Frames in the table. */
export function frameCount(table: ContingencyTable): number {
  return table.cells.reduce((sum, [, , frames]) => sum + frames, 0);
}

/** The same pairs seen from the other classifier. */
export function transposeTable(table: ContingencyTable): ContingencyTable {
  return {
    labels: table.labels,
    cells: table.cells.map(([first, second, frames]) => [second, first, frames]),
  };
}

/**
 * Both tables' pairs in one, labels matched by name and in order of their first appearance. Memory is bounded: beyond
 * `maxCells` off-diagonal cells the rarest keep their first label and count as disagreements with `UNKEPT_LABEL`, so that
 * the observed agreement stays exact.
 */
export function mergeTables(
  a: ContingencyTable,
  b: ContingencyTable,
  maxCells: number = MAX_TABLE_CELLS,
): ContingencyTable {
  const labels: string[] = [];
  const indexOf = new Map<string, number>();
  const index = (label: string): number => {
    const known = indexOf.get(label);
    if (known !== undefined) return known;
    indexOf.set(label, labels.length);
    labels.push(label);
    return labels.length - 1;
  };
  const cells = new Map<string, [number, number, number]>();
  const add = (first: number, second: number, frames: number): void => {
    const cell = cells.get(`${first},${second}`);
    if (cell) cell[2] += frames;
    else cells.set(`${first},${second}`, [first, second, frames]);
  };
  for (const table of [a, b]) {
    const translated = table.labels.map(index);
    for (const [first, second, frames] of table.cells) {
      const [row, column] = [translated[first], translated[second]];
      if (row === undefined || column === undefined) throw new RangeError('a cell does not index its labels');
      add(row, column, frames);
    }
  }
  const unkept = indexOf.get(UNKEPT_LABEL);
  const disagreements = [...cells.values()].filter(
    ([first, second]) => first !== second && second !== unkept,
  );
  if (disagreements.length > maxCells) {
    const column = index(UNKEPT_LABEL);
    for (const [first, second, frames] of disagreements
      .sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1])
      .slice(maxCells)) {
      cells.delete(`${first},${second}`);
      add(first, column, frames);
    }
  }
  return { labels, cells: [...cells.values()] };
}

/** Frames by label of each classifier, both in the order of `labels`. */
export function marginals(table: ContingencyTable): { first: number[]; second: number[] } {
  const first = table.labels.map(() => 0);
  const second = table.labels.map(() => 0);
  for (const [row, column, frames] of table.cells) {
    first[row] = (first[row] ?? 0) + frames;
    second[column] = (second[column] ?? 0) + frames;
  }
  return { first, second };
}
