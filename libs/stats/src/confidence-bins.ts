/** Bins of equal width over [0, 1] in which a telemetry window counts confidences. */
export const CONFIDENCE_BINS = 20;

/** The bin of a confidence; one that rounding took out of [0, 1] counts at that end. */
export function confidenceBin(confidence: number): number {
  return Math.min(CONFIDENCE_BINS - 1, Math.max(0, Math.floor(confidence * CONFIDENCE_BINS)));
}
