import type { ValueComparison } from '@hamon/contracts';

/** Of a value's scale: less than this and the former version's values hardly vary. */
const LEAST_SPREAD = 0.05;

/**
 * What a value's differences are large or small beside: what lies between its limits, or without limits the former version's
 * mean, which is right of quantities whose 0 means nothing is there.
 */
export const scaleOf = ({ range, meanFirst }: ValueComparison): number => range ?? Math.abs(meanFirst);

/** Standard deviations of what both versions told. */
export const spreadsOf = ({ count, squaresFirst, squaresSecond }: ValueComparison) => ({
  first: count < 2 ? 0 : Math.sqrt(squaresFirst / (count - 1)),
  second: count < 2 ? 0 : Math.sqrt(squaresSecond / (count - 1)),
});

export const hardlyVaries = (value: ValueComparison): boolean =>
  spreadsOf(value).first <= LEAST_SPREAD * scaleOf(value);
