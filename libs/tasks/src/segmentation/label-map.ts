import { ok, type Result, type SegmentationSpec } from '@hamon/contracts';
import type { DecodeFault } from '../task.js';
import type { NamedTensor } from '../tensors.js';
import { areFinite, mismatch, notFinite } from '../shared/read-tensor.js';
import { labelMapProblem, mapShapeOf, wrongShape, type MapShape } from './output-shape.js';

export interface LabelMap extends MapShape {
  /** Place of a label by cell, row by row; good until the next map is made. */
  readonly labels: Uint16Array;
}

/** Makes maps of outputs, one after the other in the same memory. */
export class LabelMapMaker {
  private labels = new Uint16Array(0);
  private best = new Float32Array(0);

  constructor(private readonly spec: SegmentationSpec) {}

  make({ dims, data }: NamedTensor): Result<LabelMap, DecodeFault> {
    const { spec } = this;
    const shape = mapShapeOf(dims, spec.labels.length);
    if (!shape) return mismatch(wrongShape(spec, dims));
    const cells = shape.width * shape.height;
    if (this.labels.length !== cells) {
      this.labels = new Uint16Array(cells);
      this.best = new Float32Array(cells);
    }
    const filled =
      shape.holds === 'labels'
        ? copyLabels(spec, dims, data, this.labels)
        : fillFromScores(spec, data, this.labels, this.best);
    return filled.ok ? ok({ ...shape, labels: filled.value }) : filled;
  }
}

function copyLabels(
  spec: SegmentationSpec,
  dims: readonly number[],
  data: NamedTensor['data'],
  labels: Uint16Array,
): Result<Uint16Array, DecodeFault> {
  const problem = labelMapProblem(spec, dims);
  if (problem) return mismatch(problem);
  const known = spec.labels.length;
  for (let cell = 0; cell < labels.length; cell += 1) {
    const value = data[cell] as number;
    if (value >= 0 && value < known && Number.isInteger(value)) {
      labels[cell] = value;
      continue;
    }
    if (!Number.isFinite(value)) return notFinite(spec.name);
    return mismatch(
      `output "${spec.name}" holds ${value}, a map of output.labels has whole numbers from 0 to ${known - 1}`,
    );
  }
  return ok(labels);
}

/** The label of the best score, the first of equals; activations keep the order of scores. */
function fillFromScores(
  spec: SegmentationSpec,
  data: NamedTensor['data'],
  labels: Uint16Array,
  best: Float32Array,
): Result<Uint16Array, DecodeFault> {
  const scores = data instanceof Float32Array ? data : Float32Array.from(data);
  if (!areFinite(scores)) return notFinite(spec.name);
  const cells = labels.length;
  labels.fill(0);
  best.set(scores.subarray(0, cells));
  for (let label = 1; label < spec.labels.length; label += 1) {
    const base = label * cells;
    for (let cell = 0; cell < cells; cell += 1) {
      const score = scores[base + cell] as number;
      if (score > (best[cell] as number)) {
        best[cell] = score;
        labels[cell] = label;
      }
    }
  }
  applyThreshold(spec, scores, labels, best);
  return ok(labels);
}

/** Cells whose best score is below the threshold become background. */
function applyThreshold(
  { threshold, background, activation, labels: { length: known } }: SegmentationSpec,
  scores: Float32Array,
  labels: Uint16Array,
  best: Float32Array,
): void {
  if (threshold === undefined || background === null) return;
  const cells = labels.length;
  const fewest = activation === 'sigmoid' ? Math.log(threshold / (1 - threshold)) : threshold;
  for (let cell = 0; cell < cells; cell += 1) {
    if (labels[cell] === background) continue;
    const top = best[cell] as number;
    if (activation !== 'softmax') {
      if (top < fewest) labels[cell] = background;
      continue;
    }
    let sum = 0;
    for (let label = 0; label < known; label += 1) {
      sum += Math.exp((scores[label * cells + cell] as number) - top);
    }
    if (1 / sum < threshold) labels[cell] = background;
  }
}
