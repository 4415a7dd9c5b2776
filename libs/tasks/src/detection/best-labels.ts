import { sigmoid, type Activation } from './activation.js';
import type { Head } from './head.js';

/** By anchor, the best label and its raw score. */
export interface Best {
  readonly scores: Float32Array;
  readonly labels: Uint16Array;
}

/** Label by label, in the order in which the values lie. */
export function bestByPart({ scores: grid, anchors }: Head, { scores, labels }: Best, count: number): void {
  const { data, from, partStep } = grid;
  scores.set(data.subarray(from, from + anchors));
  labels.fill(0, 0, anchors);
  for (let label = 1; label < count; label += 1) {
    const start = from + label * partStep;
    for (let anchor = 0; anchor < anchors; anchor += 1) {
      const score = data[start + anchor] as number;
      if (score > (scores[anchor] as number)) {
        scores[anchor] = score;
        labels[anchor] = label;
      }
    }
  }
}

/**
 * Anchor by anchor. Where the objectness alone is below the floor, the labels are not looked at: none of their scores makes
 * it more.
 */
export function bestByRow(head: Head, { scores, labels }: Best, count: number, floor: number): void {
  const { data, from, anchorStep, partStep } = head.scores;
  const objectness = head.objectness ?? { data, from: 0, anchorStep: 0 };
  const has = head.objectness !== undefined;
  for (let anchor = 0; anchor < head.anchors; anchor += 1) {
    if (has && (objectness.data[objectness.from + anchor * objectness.anchorStep] as number) < floor) {
      scores[anchor] = -Infinity;
      continue;
    }
    const start = from + anchor * anchorStep;
    const end = start + count * partStep;
    let best = data[start] as number;
    let at = start;
    for (let i = start + partStep; i < end; i += partStep) {
      const score = data[i] as number;
      if (score > best) {
        best = score;
        at = i;
      }
    }
    scores[anchor] = best;
    labels[anchor] = (at - start) / partStep;
  }
}

/** The model's own choice, with the score that it becomes; why one that counts is no label, or undefined. */
export function chosenByModel(
  { scores: grid, labels: chosen, anchors, firstLabel = 0 }: Head,
  { scores, labels }: Best,
  count: number,
  least: number,
  activation: Activation,
): string | undefined {
  if (!chosen) return undefined;
  for (let anchor = 0; anchor < anchors; anchor += 1) {
    const raw = grid.data[grid.from + anchor * grid.anchorStep] as number;
    const score = activation === 'sigmoid' ? sigmoid(raw) : raw;
    const number = Math.round(chosen.data[chosen.from + anchor * chosen.anchorStep] as number);
    const isLabel = number >= firstLabel && number < firstLabel + count;
    // Rows that fill up have no score.
    if (!isLabel && score >= least) {
      return `the model names label ${number}, output.labels are ${firstLabel} to ${firstLabel + count - 1}`;
    }
    scores[anchor] = isLabel ? score : -Infinity;
    labels[anchor] = isLabel ? number - firstLabel : 0;
  }
  return undefined;
}
