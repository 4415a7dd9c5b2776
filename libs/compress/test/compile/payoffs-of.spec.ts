import { describe, expect, it } from 'vitest';
import { payoffsOf } from '../../src/compile/payoffs-of.js';

const times = (count: number, ratio: number): number[] => Array.from({ length: count }, () => ratio);
/** Around a middle, as measurements are. */
const spread = (count: number, middle: number, by: number): number[] =>
  Array.from({ length: count }, (_, i) => middle + by * (i % 2 === 0 ? 1 : -1) * ((i % 5) / 4));

describe('a compiled form', () => {
  it.each([
    [
      'pays where it runs and loads faster in every round',
      times(15, 0.9),
      times(15, 0.5),
      0,
      ['latency', 'load'],
    ],
    ['pays by its load time alone', spread(15, 1, 0.02), times(15, 0.7), 1e-6, ['load']],
    ['does not pay by less than anybody notices', times(15, 0.98), times(15, 0.85), 0, []],
    ['does not pay within the noise', spread(15, 0.96, 0.3), spread(15, 0.85, 0.6), 0, []],
    ['does not pay where it loads faster and runs slower', times(15, 1.2), times(15, 0.3), 0, []],
    ['proves nothing by few rounds', times(3, 0.5), times(3, 0.5), 0, []],
    ['proves nothing without any', [], [], 0, []],
    ['is not taken where it answers otherwise', times(15, 0.5), times(15, 0.5), 0.1, []],
    ['is not taken where it answers NaN', times(15, 0.5), times(15, 0.5), NaN, []],
  ])('%s', (_what, latencyRatios, loadRatios, largestDifference, payoffs) => {
    expect(payoffsOf({ latencyRatios, loadRatios, largestDifference })).toEqual(payoffs);
  });

  it('pays in 13 rounds of 15 on its side, not in 11', () => {
    const ratios = (slower: number): number[] => [...times(15 - slower, 0.9), ...times(slower, 1.05)];
    const payoffs = (slower: number) =>
      payoffsOf({ latencyRatios: ratios(slower), loadRatios: times(15, 1), largestDifference: 0 });
    expect(payoffs(2)).toEqual(['latency']);
    expect(payoffs(4)).toEqual([]);
  });
});
