import type { AnomalyComparison } from '@hamon/contracts';
import { cohenKappa, frameCount, marginals, type ContingencyTable, type Kappa } from '@hamon/stats';
import { isAnomalousBin } from './score-bin.js';

/** The former version must decide against its commoner decision this often before kappa says anything. */
export const MIN_DIVERSITY = 0.15;

/** How two versions decided: "normal" and "anomalous" by each. */
export function decisions({ scores }: AnomalyComparison): ContingencyTable {
  const counts = [0, 0, 0, 0];
  for (const [first, second, n] of scores) {
    const cell = 2 * Number(isAnomalousBin(first)) + Number(isAnomalousBin(second));
    counts[cell] = (counts[cell] ?? 0) + n;
  }
  const cells = counts.flatMap((n, cell): [number, number, number][] =>
    n === 0 ? [] : [[cell >> 1, cell & 1, n]],
  );
  return { labels: ['normal', 'anomalous'], cells };
}

export const decisionKappa = (comparison: AnomalyComparison, z: number): Kappa | undefined =>
  cohenKappa(decisions(comparison), z);

/** Share of frames on which the former version decided against its commoner decision. */
export function diversityOf(comparison: AnomalyComparison): number {
  const table = decisions(comparison);
  const frames = frameCount(table);
  return frames === 0 ? 0 : Math.min(...marginals(table).first) / frames;
}

export const isDiverse = (comparison: AnomalyComparison): boolean => diversityOf(comparison) >= MIN_DIVERSITY;
