import { median } from '@hamon/stats';
import type { Payoff } from './compiled-report.js';

/** How a compiled form did against its variant. */
export interface Comparison {
  /** Of latencies, one per round of alternating blocks. */
  readonly latencyRatios: readonly number[];
  /** Of load times, one per pair of loads. */
  readonly loadRatios: readonly number[];
  readonly largestDifference: number;
}

/** Savings that nobody would notice do not pay for a file that is bound to one kind of machine. */
const LEAST_LATENCY_SAVED = 0.03;
const LEAST_LOAD_SAVED = 0.2;
/** Chance of so many rounds on one side if there were no difference (sign test, one-sided). */
const SURE = 0.01;
/** Other kernels round differently; more than that is another model. */
const MOST_DIFFERENCE = 0.02;

/** What a compiled form is better at by more than noise; nothing where it pays for that elsewhere. */
export function payoffsOf({ latencyRatios, loadRatios, largestDifference }: Comparison): readonly Payoff[] {
  if (!(largestDifference <= MOST_DIFFERENCE)) return [];
  if (median(latencyRatios) > 1 + LEAST_LATENCY_SAVED) return [];
  return [
    ...(isClearlyLess(latencyRatios, LEAST_LATENCY_SAVED) ? (['latency'] as const) : []),
    ...(isClearlyLess(loadRatios, LEAST_LOAD_SAVED) ? (['load'] as const) : []),
  ];
}

function isClearlyLess(ratios: readonly number[], least: number): boolean {
  if (!(median(ratios) <= 1 - least)) return false;
  return chanceOf(ratios.filter((ratio) => ratio < 1).length, ratios.length) <= SURE;
}

/** That a fair coin shows heads at least so often. */
function chanceOf(heads: number, tosses: number): number {
  let [chance, term] = [0, 0.5 ** tosses];
  for (let k = 0; k <= tosses; k += 1) {
    if (k >= heads) chance += term;
    term *= (tosses - k) / (k + 1);
  }
  return chance;
}
