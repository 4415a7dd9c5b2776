import type { TensorFacts } from '../tensors.js';

/** Columns of keypoints behind box and labels: 17 of a body, 21 of a hand, 5 of a face, with or without visibility. */
const KEYPOINT_COLUMNS = [51, 34, 63, 42, 15];
const MASK_COEFFICIENTS = 32;

/** What an output of this shape is most likely to be, of which nothing here makes detections; undefined where it may be anything. */
export function probably(
  shape: readonly (number | string)[],
  labels: number,
  outputs: readonly TensorFacts[],
): string | undefined {
  if (shape.length === 4 || shape.length === 5) {
    return 'a grid of cells that is not decoded (as FastestDet or a bare YOLO head gives)';
  }
  const sizes = shape.slice(1).filter((dim) => typeof dim === 'number');
  if (shape.length !== 3 || sizes.length === 0) return undefined;
  const width = Math.min(...sizes);
  // A second output with as many planes as an anchor has coefficients.
  const prototypes = outputs.find((one) => one.shape.length === 4)?.shape[1];
  const rest = width - 4 - labels;
  if (rest === MASK_COEFFICIENTS || (typeof prototypes === 'number' && rest === prototypes)) {
    return `instance segmentation (${rest} mask coefficients a box)`;
  }
  if (KEYPOINT_COLUMNS.includes(rest)) return `keypoints (${rest} columns a box, a pose model)`;
  if (rest === 1) return 'oriented boxes (an angle behind the labels)';
  return undefined;
}
