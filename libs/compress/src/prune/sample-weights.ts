import { isDistribution } from '../quantize/output-distance.js';

/** What a sample counts even where the model is certain. */
const LEAST_WEIGHT = 0.05;

/**
 * What each sample counts in a fit, with a mean of 1: classifiers change their answers first where they are uncertain, so
 * these samples count more. Other models' samples count alike. Labels play no part.
 */
export function sampleWeights(outputs: readonly Float32Array[]): Float64Array {
  const weights = new Float64Array(outputs.length).fill(1);
  if (!outputs.every(isDistribution)) return weights;
  let sum = 0;
  outputs.forEach((values, index) => {
    weights[index] = 1 - values.reduce((most, value) => Math.max(most, value), 0) + LEAST_WEIGHT;
    sum += weights[index] as number;
  });
  return weights.map((weight) => (weight * outputs.length) / sum);
}
