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
  const pairs = new LabelPairs();
  pairs.addAll(a);
  pairs.addAll(b);
  pairs.keepCommonest(maxCells);
  return pairs.table();
}

/** Pairs that are counted label by label. */
class LabelPairs {
  private readonly labels: string[] = [];
  private readonly indices = new Map<string, number>();
  private readonly cells = new Map<string, [number, number, number]>();

  /** @throws RangeError for a cell that does not index the table's labels */
  addAll(table: ContingencyTable): void {
    const own = table.labels.map((label) => this.indexOf(label));
    for (const [first, second, frames] of table.cells) {
      const [row, column] = [own[first], own[second]];
      if (row === undefined || column === undefined) throw new RangeError('a cell does not index its labels');
      this.add(row, column, frames);
    }
  }

  keepCommonest(maxCells: number): void {
    const unkept = this.indices.get(UNKEPT_LABEL);
    // One whose first label was not kept either would become an agreement.
    const disagreements = [...this.cells.values()].filter(
      ([first, second]) => first !== second && first !== unkept && second !== unkept,
    );
    if (disagreements.length <= maxCells) return;
    const column = this.indexOf(UNKEPT_LABEL);
    const commonestFirst = disagreements.sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1]);
    for (const [first, second, frames] of commonestFirst.slice(maxCells)) {
      this.cells.delete(`${first},${second}`);
      this.add(first, column, frames);
    }
  }

  table(): ContingencyTable {
    return { labels: this.labels, cells: [...this.cells.values()] };
  }

  private indexOf(label: string): number {
    const known = this.indices.get(label);
    if (known !== undefined) return known;
    this.indices.set(label, this.labels.length);
    this.labels.push(label);
    return this.labels.length - 1;
  }

  private add(first: number, second: number, frames: number): void {
    const cell = this.cells.get(`${first},${second}`);
    if (cell) cell[2] += frames;
    else this.cells.set(`${first},${second}`, [first, second, frames]);
  }
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
