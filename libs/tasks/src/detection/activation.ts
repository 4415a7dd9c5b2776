import type { DetectionSpec } from '@hamon/contracts';
import type { Head } from './head.js';

export type Activation = DetectionSpec['scoreActivation'];

export const sigmoid = (raw: number): number => 1 / (1 + Math.exp(-raw));

/** A raw score below it cannot become `score`; a little lower, so that rounding excludes nothing. */
export const rawFloor = (score: number, activation: Activation): number =>
  activation === 'sigmoid' ? Math.log(score / (1 - score)) - 1e-3 : score;

/**
 * The share of one raw score, `raw`, of the softmax over an anchor's labels and its background; 0 where it is certainly
 * below `least`, which most anchors of a dense head are.
 */
export function softmaxShare(
  { scores, background }: Head,
  labels: number,
  anchor: number,
  raw: number,
  least: number,
): number {
  const { data, from, anchorStep, partStep } = scores;
  const start = from + anchor * anchorStep;
  // Relative to `raw`, whose own power is 1: what is infinite besides makes a share of 0, as it should.
  let sum = background === undefined ? 0 : Math.exp((data[start + background * partStep] as number) - raw);
  const most = 1 / least;
  for (let label = 0; label < labels && sum <= most; label += 1) {
    sum += Math.exp((data[start + label * partStep] as number) - raw);
  }
  return sum > most * (1 + 1e-6) ? 0 : 1 / sum;
}

/** An anchor's score for one label; where the model has chosen the label itself, of the others 0. */
export function scoreOf(
  head: Head,
  activation: Activation,
  labels: number,
  anchor: number,
  label: number,
): number {
  if (head.labels) {
    const { data, from, anchorStep } = head.labels;
    const chosen = Math.round(data[from + anchor * anchorStep] as number) - (head.firstLabel ?? 0);
    if (chosen !== label) return 0;
  }
  const { data, from, anchorStep, partStep } = head.scores;
  const raw = data[from + anchor * anchorStep + (head.labels ? 0 : label) * partStep] as number;
  const factor = head.objectness ? objectnessOf(head.objectness, activation, anchor) : 1;
  if (activation === 'softmax' && !head.labels)
    return factor * softmaxShare(head, labels, anchor, raw, 1e-12);
  return factor * (activation === 'sigmoid' ? sigmoid(raw) : raw);
}

/** Of a head whose label scores share one softmax, the objectness is still on its own. */
function objectnessOf(
  { data, from, anchorStep }: NonNullable<Head['objectness']>,
  activation: Activation,
  anchor: number,
): number {
  const raw = data[from + anchor * anchorStep] as number;
  return activation === 'none' ? raw : sigmoid(raw);
}
