import type { BundleInput } from '@hamon/contracts';
import type { Grid, Head } from '../head.js';

/** Strides of the heads in use. */
const STRIDES = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16],
  [4, 8, 16, 32],
  [16, 32],
];

/** Cells of all strides' grids together. */
export const cellCount = ({ width, height }: BundleInput, strides: readonly number[]): number =>
  strides.reduce((sum, stride) => sum + Math.ceil(width / stride) * Math.ceil(height / stride), 0);

/** Does each anchor have a cell of its own, or each three? Then decoded centres are spread over the whole input. */
const isDense = (anchors: number, input: BundleInput): boolean =>
  STRIDES.some((strides) => [1, 3].includes(anchors / cellCount(input, strides)));

/** Do some first parts and some second parts reach this share of the input? */
export function reaches({ boxes, anchors }: Head, { width, height }: BundleInput, share: number): boolean {
  return reachesFrom(boxes, 0, anchors, share * width) && reachesFrom(boxes, 1, anchors, share * height);
}

function reachesFrom(
  { data, from, anchorStep, partStep }: Grid,
  part: number,
  anchors: number,
  limit: number,
): boolean {
  const start = from + part * partStep;
  for (let a = 0; a < anchors; a += 1) if ((data[start + a * anchorStep] as number) >= limit) return true;
  return false;
}

/** Is any size negative, as logarithms are? */
function hasNegativeSize({ boxes, anchors }: Head): boolean {
  const { data, from, anchorStep, partStep } = boxes;
  for (let a = 0; a < anchors; a += 1) {
    const start = from + a * anchorStep + 2 * partStep;
    if ((data[start] as number) < 0 || (data[start + partStep] as number) < 0) return true;
  }
  return false;
}

/** Why the boxes of a dense head are no centres and sizes in pixels, or undefined. */
export function notPixels(head: Head, input: BundleInput): string | undefined {
  if (!isDense(head.anchors, input) || reaches(head, input, 0.25)) return undefined;
  const size = `the input of ${input.width}x${input.height}`;
  return hasNegativeSize(head)
    ? `no centre reaches a quarter of ${size} and sizes are negative, as of a head that is not decoded: name the format "yolox"`
    : `no centre reaches a quarter of ${size}: boxes are no pixels, but probably shares of the input, or not decoded (format "yolox")`;
}
