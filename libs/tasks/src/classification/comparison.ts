import type { ClassificationAnswer, ClassificationComparison } from '@hamon/contracts';
import { cohenKappa, emptyTable, frameCount, mergeTables, transposeTable } from '@hamon/stats';
import type { Comparisons, PairCollector } from '../task.js';

/** Distinct pairs and labels of one device's window; its message has room for them. */
const MAX_CELLS = 4096;
const MAX_WINDOW_LABELS = 500;
/** As many as a stage keeps of all its windows, `UNKEPT_LABEL` among them. */
const MAX_LABELS = 1001;
/** Off-diagonal cells that a stage keeps. */
const MAX_STAGE_CELLS = 16_384;

/** Counts which label each of two versions gave to the same frame. */
class Pairs implements PairCollector<'classification'> {
  private readonly labels = new Map<string, number>();
  private readonly cells = new Map<string, [number, number, number]>();
  private count = 0;

  add({ label: first }: ClassificationAnswer, { label: second }: ClassificationAnswer): void {
    const [a, b] = [this.placeOf(first), this.placeOf(second)];
    // What cannot be kept is left out: never as an agreement that nobody saw.
    if (a === undefined || b === undefined) return;
    const cell = this.cells.get(`${a},${b}`);
    if (!cell && this.cells.size >= MAX_CELLS) return;
    this.count += 1;
    if (cell) cell[2] += 1;
    else this.cells.set(`${a},${b}`, [a, b, 1]);
  }

  get frames(): number {
    return this.count;
  }

  build(): ClassificationComparison {
    const cells = [...this.cells.values()].map((cell): [number, number, number] => [...cell]);
    return {
      kind: 'classification/1',
      frames: this.count,
      table: { labels: [...this.labels.keys()], cells },
    };
  }

  private placeOf(label: string): number | undefined {
    const known = this.labels.get(label);
    if (known !== undefined || this.labels.size >= MAX_WINDOW_LABELS) return known;
    this.labels.set(label, this.labels.size);
    return this.labels.size - 1;
  }
}

/**
 * Where the second brings more labels than a version may have, its frames count as answered and not as compared: a device
 * may invent labels, and every one of them would be kept and stored.
 */
function merge(a: ClassificationComparison, b: ClassificationComparison): ClassificationComparison {
  const merged = mergeTables(a.table, b.table, MAX_STAGE_CELLS);
  const table = merged.labels.length > MAX_LABELS ? a.table : merged;
  return { kind: 'classification/1', frames: a.frames + b.frames, table };
}

export const comparisons: Comparisons<'classification'> = {
  empty: () => ({ kind: 'classification/1', frames: 0, table: emptyTable() }),
  collect: () => new Pairs(),
  merge,
  transpose: ({ table, ...rest }) => ({ ...rest, table: transposeTable(table) }),
  fault: ({ frames, table: { labels, cells } }) => {
    if (new Set(labels).size < labels.length) return 'the table of paired labels names a label twice';
    if (cells.some(([a, b, n]) => !(a in labels) || !(b in labels) || !isCount(n))) {
      return 'the table of paired labels names labels that it does not have';
    }
    const paired = frameCount({ labels, cells });
    return paired <= frames ? undefined : `${paired} paired frames of ${frames} that both answered`;
  },
  measure: 'kappa',
  agreement: ({ table }) => cohenKappa(table, 1)?.kappa ?? null,
  anotherJob: 0.2,
};

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
