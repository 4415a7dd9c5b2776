import type { AnomalySpec, BundleInput, FrameSize } from '@hamon/contracts';
import type { HeatMap } from '../task.js';
import type { Tensors } from '../tensors.js';
import { normaliseScore } from './normalise.js';
import { readOutputs } from './read-outputs.js';
import { pixelValues } from './resize-map.js';

/** Cells of the longer side at most: it is looked at, and what is decided by is in the answer. */
const LONGEST = 96;

/** The model's map as it lies on the frame, coarse enough to be made and drawn at once. */
export function heatMap(
  spec: AnomalySpec,
  input: BundleInput,
  tensors: Tensors,
  frame: FrameSize,
): HeatMap | null {
  const outputs = readOutputs(spec, tensors);
  if (!outputs.ok || !outputs.value.map) return null;
  const factor = Math.min(1, LONGEST / Math.max(frame.width, frame.height));
  const width = Math.max(1, Math.round(frame.width * factor));
  const height = Math.max(1, Math.round(frame.height * factor));
  const values = new Float32Array(width * height);
  let at = 0;
  for (const value of pixelValues(outputs.value.map, input, { width, height })) {
    values[at] = normaliseScore(spec, value);
    at += 1;
  }
  return { width, height, values };
}
