import type { SegmentationExpectation } from '@hamon/contracts';
import type { Golden } from '../task.js';
import { percent } from '../shared/numbers.js';
import { overlay } from './run-lengths.js';

/** The same file on other hardware moves borders by single pixels; quantised models round, and saturate, more differently. */
const TOLERANCE = { original: 0.005, other: 0.03 };
/** Longer masks are left out of what is remembered: `bundle.json` has up to 64 samples, and one megabyte. */
const MOST_MASK_NUMBERS = 1000;

export const golden: Golden<'segmentation'> = {
  broken: ({ shares, mask }, { shares: expected, mask: expectedMask, tolerance }, { labels }) => {
    for (const label of labels) {
      const [actual, wanted] = [shareOf(shares, label), shareOf(expected, label)];
      if (!(Math.abs(actual - wanted) <= tolerance)) {
        return `"${label}" covers ${percent(actual)}, expected ${percent(wanted)} ± ${percent(tolerance)}`;
      }
    }
    return expectedMask && maskProblem(mask, expectedMask, tolerance);
  },
  expectationOf: ({ shares, mask }, _spec, variant) => ({
    shares: Object.fromEntries(
      Object.entries(shares).map(([label, share]) => [label, Number(share.toFixed(6))]),
    ),
    ...(mask.rle.length <= MOST_MASK_NUMBERS ? { mask } : {}),
    tolerance: TOLERANCE[variant],
  }),
  // Labels and their shares look alike whatever made them.
  implausible: () => undefined,
};

const shareOf = (shares: Readonly<Record<string, number>>, label: string): number =>
  Object.hasOwn(shares, label) ? (shares[label] ?? 0) : 0;

type Mask = NonNullable<SegmentationExpectation['mask']>;

function maskProblem(mask: Mask, expected: Mask, tolerance: number): string | undefined {
  const { width, height } = expected;
  if (mask.width !== width || mask.height !== height) {
    return `the mask is ${mask.width} x ${mask.height}, expected ${width} x ${height}`;
  }
  let alike = 0;
  overlay(mask.rle, expected.rle, (a, b, pixels) => {
    if (a === b) alike += pixels;
  });
  const differing = 1 - alike / (width * height);
  return differing <= tolerance
    ? undefined
    : `${percent(differing)} of the pixels have another label, expected at most ${percent(tolerance)}`;
}
