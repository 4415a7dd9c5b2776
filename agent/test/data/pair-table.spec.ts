import { describe, expect, it } from 'vitest';
import { ContingencyTable } from '@hamon/contracts';
import fc from 'fast-check';
import { PairTable, sameLabels } from '../../src/data/shadow/pair-table.js';

describe('PairTable', () => {
  it('counts every pair in the cell of its two labels', () => {
    const pair = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const table = new PairTable(['a', 'b', 'c', 'd', 'e']);
        for (const [answering, shadowing] of pairs) table.add(answering, shadowing);
        const shown = table.table();
        expect(ContingencyTable.safeParse(shown).success).toBe(true);
        for (const [a, s, frames] of shown.cells) {
          expect(pairs.filter(([x, y]) => x === a && y === s)).toHaveLength(frames);
        }
        expect(shown.cells.reduce((sum, [, , frames]) => sum + frames, 0)).toBe(pairs.length);
        expect(table.pairs).toBe(pairs.length);
      }),
    );
  });

  it('stays within what a message may hold, and goes on counting the cells that it has', () => {
    const table = new PairTable(Array.from({ length: 100 }, (_, i) => `label ${i}`));
    for (let i = 0; i < 10_000; i += 1) table.add(i % 100, Math.floor(i / 100));
    table.add(0, 0);
    expect(ContingencyTable.safeParse(table.table()).success).toBe(true);
    expect(table.table().cells).toHaveLength(4096);
    expect(table.pairs).toBe(4097);
  });
});

describe('sameLabels', () => {
  it('wants the same labels in the same order', () => {
    expect(sameLabels(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(sameLabels(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameLabels(['a', 'b'], ['a'])).toBe(false);
  });
});
