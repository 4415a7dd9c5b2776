import type { BundleInput, FrameSize, SegmentationSpec } from '@hamon/contracts';
import { mayBe, shapeText, type TensorFacts } from '../tensors.js';

/** What an output of some shape is: scores by label, or a label by cell. */
export interface MapShape extends FrameSize {
  readonly holds: 'scores' | 'labels';
}

export function mapShapeOf(dims: readonly number[], labels: number): MapShape | undefined {
  const [height = 0, width = 0] = dims.slice(-2);
  if (width < 1 || height < 1) return undefined;
  if (mayBe(dims, [1, labels, 'any', 'any'])) return { holds: 'scores', width, height };
  return isLabelMap(dims) ? { holds: 'labels', width, height } : undefined;
}

const isLabelMap = (shape: readonly (number | string)[]): boolean =>
  mayBe(shape, [1, 'any', 'any']) || mayBe(shape, [1, 1, 'any', 'any']);

export function checkOutputs(
  spec: SegmentationSpec,
  _input: BundleInput,
  outputs: readonly TensorFacts[],
): string | undefined {
  const { name, labels } = spec;
  const shape = outputs.find((one) => one.name === name)?.shape;
  if (!shape) return undefined;
  if (mayBe(shape, [1, labels.length, 'any', 'any'])) return undefined;
  return isLabelMap(shape) ? labelMapProblem(spec, shape) : wrongShape(spec, shape);
}

/** What `[1, 6, H, W]` and the like have to be, beside what it is. */
export function wrongShape({ name, labels }: SegmentationSpec, shape: readonly (number | string)[]): string {
  const wanted = `[1, ${labels.length}, H, W] scores of output.labels, or a map of labels as [1, H, W] or [1, 1, H, W]`;
  const hint =
    shape.length === 4 && shape[3] === labels.length ? '; the labels must come before H and W' : '';
  return `output "${name}" is ${shapeText(shape)}, segmentation needs ${wanted}${hint}`;
}

/** A map of labels has no scores that an activation or a threshold could be about. */
export function labelMapProblem(
  { name, activation, threshold, labels }: SegmentationSpec,
  shape: readonly (number | string)[],
): string | undefined {
  const field = activation !== 'none' ? 'activation' : threshold !== undefined ? 'threshold' : undefined;
  if (!field) return undefined;
  return `output.${field} needs scores [1, ${labels.length}, H, W], output "${name}" is ${shapeText(shape)}, a map of labels`;
}
