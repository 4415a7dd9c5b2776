import type { BaselineDocument } from '@hamon/contracts';
import { topIndex } from './classify.js';

const BINS = 20;

/** Label and confidence counts of a version's answers, the reference for later drift measures. */
export function baselineOf(
  answers: readonly ArrayLike<number>[],
  labels: readonly string[],
): BaselineDocument {
  const counts = labels.map(() => 0);
  const confidence = Array.from({ length: BINS }, () => 0);
  for (const probabilities of answers) {
    const top = topIndex(probabilities);
    counts[top] = (counts[top] ?? 0) + 1;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((probabilities[top] ?? 0) * BINS)));
    confidence[bin] = (confidence[bin] ?? 0) + 1;
  }
  return {
    schema: 'hamon.baseline/1',
    samples: answers.length,
    labels: Object.fromEntries(labels.map((label, i) => [label, counts[i] ?? 0])),
    confidence,
  };
}
