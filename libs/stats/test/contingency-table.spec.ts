import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  frameCount,
  mergeTables,
  transposeTable,
  UNKEPT_LABEL,
  type ContingencyTable,
} from '../src/index.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const anyTable: fc.Arbitrary<ContingencyTable> = fc
  .tuple(
    fc.shuffledSubarray(NAMES, { minLength: 5 }),
    fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([labels, cells]) => ({ labels, cells }));

/** Frames by the labels' names, which no order of labels changes. */
function byName(table: ContingencyTable): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [a, b, n] of table.cells) {
    const key = `${table.labels[a]}/${table.labels[b]}`;
    counts[key] = (counts[key] ?? 0) + n;
  }
  return counts;
}

const agreed = (table: ContingencyTable): number =>
  table.cells.reduce((sum, [a, b, n]) => (a === b ? sum + n : sum), 0);

describe('merging contingency tables', () => {
  it('adds frames by the names of the labels, in any order', () => {
    fc.assert(
      fc.property(anyTable, anyTable, anyTable, (a, b, c) => {
        const left = mergeTables(mergeTables(a, b), c);
        const right = mergeTables(mergeTables(c, b), a);
        expect(byName(left)).toEqual(byName(right));
        expect(frameCount(left)).toBe(frameCount(a) + frameCount(b) + frameCount(c));
      }),
    );
  });

  it('keeps frames and agreement exact beyond the limit of cells, whatever is merged', () => {
    fc.assert(
      fc.property(fc.array(anyTable, { minLength: 1, maxLength: 6 }), (tables) => {
        const whole = tables.reduce((sum, next) => mergeTables(sum, next));
        const bounded = tables.reduce((sum, next) => mergeTables(sum, next, 3), {
          labels: [],
          cells: [],
        } as ContingencyTable);
        expect(frameCount(bounded)).toBe(frameCount(whole));
        expect(agreed(bounded)).toBe(agreed(whole));
        const kept = bounded.cells.filter(([a, b]) => a !== b && bounded.labels[b] !== UNKEPT_LABEL);
        expect(kept.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('makes no agreement of what was not kept, also where a table names that itself', () => {
    const labels = [UNKEPT_LABEL, 'a', 'b', 'c'];
    const hostile: ContingencyTable = { labels, cells: [[0, 1, 1], [0, 2, 1], [1, 2, 1], [2, 3, 1]] }; // prettier-ignore
    expect(agreed(mergeTables(hostile, { labels: [], cells: [] }, 1))).toBe(0);
  });

  it('is its own opposite when transposed twice', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        expect(transposeTable(transposeTable(table))).toEqual(table);
      }),
    );
  });

  it('refuses cells that index no label', () => {
    expect(() => mergeTables({ labels: ['a'], cells: [[0, 1, 1]] }, { labels: [], cells: [] })).toThrow(
      RangeError,
    );
  });
});
