import { frameCount, marginals, type ContingencyTable } from './contingency-table.js';
import { wilsonInterval } from './interval.js';

/** Chance-corrected agreement of two classifiers with the figures behind it. */
export interface Kappa {
  /** 1: always agree; 0: as much as two classifiers would by chance with these label shares; below 0: less. */
  readonly kappa: number;
  readonly lower: number;
  readonly upper: number;
  readonly frames: number;
  /** Share of frames on which both say the same. */
  readonly observed: number;
  /** The same expected by chance. */
  readonly expected: number;
}

/**
 * Cohen's kappa (Cohen 1960), or undefined where it does not exist: no frames, or both say one and the same label always.
 *
 * The interval is the union of two: `z` times the asymptotic standard error of Fleiss, Cohen and Everitt (1969, equation
 * 13), and Wilson's interval of the observed agreement carried through kappa with the expected one held. The second
 * keeps the first honest where it degenerates to a point, on small tables and on nearly one-sided label shares.
 *
 * @param z standard errors to each side, from `normalQuantile` for one look or `anytimeMultiplier` for many
 */
export function cohenKappa(table: ContingencyTable, z: number): Kappa | undefined {
  const frames = frameCount(table);
  if (frames === 0) return undefined;
  const { first, second } = marginals(table);
  const agreed = table.cells.reduce((sum, [a, b, n]) => (a === b ? sum + n : sum), 0);
  const observed = agreed / frames;
  const expected = first.reduce((sum, n, i) => sum + (n / frames) * ((second[i] ?? 0) / frames), 0);
  // Integer counts: only a table of one cell on the diagonal reaches 1.
  if (expected >= 1) return undefined;
  const kappa = (observed - expected) / (1 - expected);

  let variance = -((kappa - expected * (1 - kappa)) ** 2);
  for (const [a, b, n] of table.cells) {
    const p = n / frames;
    const shares = ((first[b] ?? 0) + (second[a] ?? 0)) / frames;
    variance += a === b ? p * (1 - shares * (1 - kappa)) ** 2 : p * (1 - kappa) ** 2 * shares ** 2;
  }
  const error = Math.sqrt(Math.max(0, variance) / frames) / (1 - expected);
  const wilson = wilsonInterval(agreed, frames, z);
  const through = (agreement: number): number => (agreement - expected) / (1 - expected);
  return {
    kappa,
    lower: Math.min(kappa, Math.max(-1, Math.min(kappa - z * error, through(wilson.lower)))),
    upper: Math.min(1, Math.max(kappa + z * error, through(wilson.upper))),
    frames,
    observed,
    expected,
  };
}
