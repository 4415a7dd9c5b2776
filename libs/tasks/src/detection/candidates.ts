import { rawFloor, sigmoid, softmaxShare, type Activation } from './activation.js';
import { bestByPart, bestByRow, chosenByModel, type Best } from './best-labels.js';
import type { Head } from './head.js';
import { keepSmallest } from './keep-smallest.js';

/** An anchor's place in a key; more anchors no output has. */
export const MAX_ANCHORS = 2 ** 22;
const LARGEST_BITS = 2 ** 31 - 1;

/**
 * The anchors whose best label reaches its threshold. Of equal labels the first counts; anchors are ordered by score, equal
 * ones by their place. Buffers are kept from frame to frame.
 */
export class Candidates implements Best {
  scores = new Float32Array(0);
  labels = new Uint16Array(0);
  /** Candidates that there were. */
  above = 0;
  private bits = new Int32Array(0);
  private keys = new Float64Array(0);
  private readonly thresholds: Float32Array;
  private readonly least: number;

  /** @param thresholds one per label */
  constructor(
    thresholds: readonly number[],
    private readonly activation: Activation,
  ) {
    // Scores are 32-bit floats: 0.7 of a model is the 0.7 of its bundle.
    this.thresholds = Float32Array.from(thresholds);
    this.least = this.thresholds.reduce((least, one) => Math.min(least, one), Infinity);
  }

  /** @returns keys of the best candidates, `most` of them, the best first, for `anchorOf`; or why a chosen label is none */
  rank(head: Head, most: number): Float64Array | string {
    this.fit(head.anchors);
    const floor = rawFloor(this.least, head.labels ? 'none' : this.activation);
    const labels = this.thresholds.length;
    if (head.labels) {
      const fault = chosenByModel(head, this, labels, this.least, this.activation);
      if (fault !== undefined) return fault;
    } else if (head.scores.anchorStep === 1 && !head.objectness) bestByPart(head, this, labels);
    else bestByRow(head, this, labels, this.objectnessFloor());
    this.above = this.collect(head, floor);
    return this.keys.subarray(0, keepSmallest(this.keys, this.above, most)).sort();
  }

  /** Labels may share a softmax; the objectness has a sigmoid of its own then. */
  private objectnessFloor(): number {
    return rawFloor(this.least, this.activation === 'none' ? 'none' : 'sigmoid');
  }

  static anchorOf(key: number): number {
    return key % MAX_ANCHORS;
  }

  /** Raw scores become scores, those that reach their threshold keys. */
  private collect(head: Head, floor: number): number {
    const { scores, labels, bits, keys, thresholds } = this;
    const activation = head.labels ? 'none' : this.activation;
    const { objectness } = head;
    let count = 0;
    for (let anchor = 0; anchor < head.anchors; anchor += 1) {
      let score = scores[anchor] as number;
      if (activation !== 'softmax' && score < floor) continue;
      if (activation === 'sigmoid') score = sigmoid(score);
      else if (activation === 'softmax') {
        score = softmaxShare(head, thresholds.length, anchor, score, this.least);
      }
      if (objectness) {
        const raw = objectness.data[objectness.from + anchor * objectness.anchorStep] as number;
        score *= activation === 'none' ? raw : sigmoid(raw);
      }
      scores[anchor] = score;
      if (!((scores[anchor] as number) >= (thresholds[labels[anchor] as number] as number))) continue;
      // Positive floats are in the order of their bits; smaller keys are better, equal scores in the anchors' order.
      keys[count] = (LARGEST_BITS - (bits[anchor] as number)) * MAX_ANCHORS + anchor;
      count += 1;
    }
    return count;
  }

  private fit(anchors: number): void {
    if (this.scores.length >= anchors) return;
    this.scores = new Float32Array(anchors);
    this.bits = new Int32Array(this.scores.buffer);
    this.labels = new Uint16Array(anchors);
    this.keys = new Float64Array(anchors);
  }
}
