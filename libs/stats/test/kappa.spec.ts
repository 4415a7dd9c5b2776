import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  cohenKappa,
  collapseOf,
  isCollapsed,
  normalQuantile,
  seededRandom,
  transposeTable,
  type ContingencyTable,
} from '../src/index.js';

const Z99 = normalQuantile(0.995);

const table = (rows: readonly (readonly number[])[]): ContingencyTable => ({
  labels: rows.map((_, i) => `label-${i}`),
  cells: rows.flatMap((row, i) =>
    row.flatMap((n, j): [number, number, number][] => (n > 0 ? [[i, j, n]] : [])),
  ),
});

const anyTable = fc
  .integer({ min: 2, max: 6 })
  .chain((side) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: side, maxLength: side }), {
      minLength: side,
      maxLength: side,
    }),
  )
  .map(table);

describe("Cohen's kappa", () => {
  it('agrees with the textbook example of two readers of fifty proposals', () => {
    const kappa = cohenKappa(
      table([
        [20, 5],
        [10, 15],
      ]),
      1.96,
    );
    expect(kappa?.observed).toBeCloseTo(0.7, 10);
    expect(kappa?.expected).toBeCloseTo(0.5, 10);
    expect(kappa?.kappa).toBeCloseTo(0.4, 10);
  });

  it('is 1 on a diagonal of several labels and does not exist on one label', () => {
    expect(
      cohenKappa(
        table([
          [50, 0],
          [0, 3],
        ]),
        Z99,
      ),
    ).toMatchObject({ kappa: 1, upper: 1 });
    expect(
      cohenKappa(
        table([
          [50, 0],
          [0, 0],
        ]),
        Z99,
      ),
    ).toBeUndefined();
    expect(cohenKappa({ labels: [], cells: [] }, Z99)).toBeUndefined();
  });

  it('is 0 for a model that says one label always, with an interval that is not a point', () => {
    const kappa = cohenKappa(
      table([
        [100, 0],
        [40, 0],
      ]),
      Z99,
    );
    expect(kappa?.kappa).toBeCloseTo(0, 10);
    expect(kappa?.lower).toBeLessThan(0);
    expect(kappa?.upper).toBeGreaterThan(0);
  });

  it('stays within its bounds and is symmetric', () => {
    fc.assert(
      fc.property(anyTable, (any) => {
        const kappa = cohenKappa(any, Z99);
        if (!kappa) return;
        expect(kappa.lower).toBeLessThanOrEqual(kappa.kappa);
        expect(kappa.upper).toBeGreaterThanOrEqual(kappa.kappa);
        expect(kappa.upper).toBeLessThanOrEqual(1);
        const other = cohenKappa(transposeTable(any), Z99);
        expect(other?.kappa).toBeCloseTo(kappa.kappa, 9);
        expect(other?.upper).toBeCloseTo(kappa.upper, 9);
      }),
    );
  });

  it('has an interval that holds the true value as often as it says', () => {
    // 3 labels, 60/25/15 %, the second classifier errs on a fifth of the frames.
    const random = seededRandom(1);
    const shares = [0.6, 0.25, 0.15];
    const draw = (): number => {
      const u = random.next();
      return u < 0.6 ? 0 : u < 0.85 ? 1 : 2;
    };
    const second = shares.map((p) => 0.8 * p + 0.2 / 3);
    const observed = 0.8 + 0.2 / 3;
    const expected = shares.reduce((sum, p, i) => sum + p * (second[i] as number), 0);
    const truth = (observed - expected) / (1 - expected);
    let held = 0;
    const rounds = 2000;
    for (let round = 0; round < rounds; round += 1) {
      const rows = [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ];
      for (let frame = 0; frame < 160; frame += 1) {
        const first = draw();
        const said = random.next() < 0.8 ? first : random.below(3);
        const row = rows[first] as number[];
        row[said] = (row[said] ?? 0) + 1;
      }
      const kappa = cohenKappa(table(rows), normalQuantile(0.975));
      if (kappa && kappa.lower <= truth && truth <= kappa.upper) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.935);
    expect(held / rounds).toBeLessThanOrEqual(1);
  });
});

describe('collapse', () => {
  it('convicts a model that always says the commonest label, although it agrees on most frames', () => {
    const collapse = collapseOf(
      table([
        [85, 0, 0],
        [20, 0, 0],
        [15, 0, 0],
      ]),
      Z99,
    );
    expect(collapse).toMatchObject({ label: 'label-0', others: 35, swallowed: 35, share: 1 });
    expect(collapse && isCollapsed(collapse)).toBe(true);
  });

  it('acquits good models and those with too little shown', () => {
    const good = collapseOf(
      table([
        [80, 5],
        [8, 27],
      ]),
      Z99,
    );
    expect(good && isCollapsed(good)).toBe(false);
    const few = collapseOf(
      table([
        [118, 0],
        [2, 0],
      ]),
      Z99,
    );
    expect(few).toMatchObject({ others: 2, share: 1 });
    expect(few && isCollapsed(few)).toBe(false);
    expect(
      collapseOf(
        table([
          [0, 0],
          [0, 0],
        ]),
        Z99,
      ),
    ).toBeUndefined();
  });
});
