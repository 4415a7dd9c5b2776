import type { AnomalySpec } from '@hamon/contracts';

/** From the model's own units to 0 … 1, by two straight lines that meet at the threshold's 0.5. */
export function normaliseScore({ minimum, threshold, maximum }: AnomalySpec, score: number): number {
  const normalised =
    score < threshold
      ? (0.5 * (score - minimum)) / (threshold - minimum)
      : 0.5 + (0.5 * (score - threshold)) / (maximum - threshold);
  return Math.min(1, Math.max(0, normalised));
}
