import type { ContingencyTable } from '@hamon/contracts';

/** Distinct cells that a table on the wire may have; pairs beyond them are not counted. */
const MAX_CELLS = 4096;

/** Counts which label each of two versions gave to the same frame. */
export class PairTable {
  private readonly labels: readonly string[];
  private readonly cells = new Map<number, number>();
  private pairCount = 0;

  constructor(labels: readonly string[]) {
    this.labels = labels;
  }

  add(answering: number, shadowing: number): void {
    const cell = answering * this.labels.length + shadowing;
    const before = this.cells.get(cell);
    if (before === undefined && this.cells.size >= MAX_CELLS) return;
    this.cells.set(cell, (before ?? 0) + 1);
    this.pairCount += 1;
  }

  get pairs(): number {
    return this.pairCount;
  }

  table(): ContingencyTable {
    const side = this.labels.length;
    return {
      labels: [...this.labels],
      cells: [...this.cells]
        .sort(([a], [b]) => a - b)
        .map(([cell, frames]): [number, number, number] => [Math.floor(cell / side), cell % side, frames]),
    };
  }
}

/** Pairs mean something only where both versions have the same labels in the same order. */
export const sameLabels = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);
