import { expect, it } from 'vitest';
import { CONFIDENCE_BINS, confidenceBin } from '../src/index.js';

it.each([
  [0, 0],
  [0.049, 0],
  [0.05, 1],
  [0.999, CONFIDENCE_BINS - 1],
  [1, CONFIDENCE_BINS - 1],
  [-1e-7, 0],
  [1 + 1e-7, CONFIDENCE_BINS - 1],
])('a confidence of %d counts in bin %d', (confidence, bin) => {
  expect(confidenceBin(confidence)).toBe(bin);
});
