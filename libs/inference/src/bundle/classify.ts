import type { ClassificationOutput } from '@hamon/contracts';

/** The index of the largest value; the first one of equals. */
export function topIndex(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 1; i < values.length; i += 1) if ((values[i] as number) > (values[top] as number)) top = i;
  return top;
}

/** Probabilities in the labels' order → label, confidence and the probabilities as plain numbers. */
export function classify(probabilities: Float32Array, labels: readonly string[]): ClassificationOutput {
  const top = topIndex(probabilities);
  return {
    label: labels[top] ?? '',
    confidence: probabilities[top] ?? 0,
    probabilities: Array.from(probabilities),
  };
}
