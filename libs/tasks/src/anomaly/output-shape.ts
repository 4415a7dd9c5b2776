import type { AnomalySpec, BundleInput, FrameSize } from '@hamon/contracts';
import { mayBe, shapeText, type TensorFacts } from '../tensors.js';

type Shape = readonly (number | string)[];

export function checkOutputs(
  { score, map }: AnomalySpec,
  _input: BundleInput,
  outputs: readonly TensorFacts[],
): string | undefined {
  const shapeOf = (name: string | undefined): Shape | undefined =>
    outputs.find((one) => one.name === name)?.shape;
  const [scoreShape, mapShape] = [shapeOf(score), shapeOf(map)];
  if (scoreShape && !isOneNumber(scoreShape)) return wrongScore(score, scoreShape);
  return mapShape && !isMap(mapShape) ? wrongMap(map, mapShape) : undefined;
}

const isOneNumber = (shape: Shape): boolean =>
  mayBe(
    shape,
    shape.map(() => 1),
  );

const isMap = (shape: Shape): boolean =>
  mayBe(shape, [1, 1, 'any', 'any']) || mayBe(shape, [1, 'any', 'any']);

export function mapSizeOf(dims: readonly number[]): FrameSize | undefined {
  const [height = 0, width = 0] = dims.slice(-2);
  return isMap(dims) && width > 0 && height > 0 ? { width, height } : undefined;
}

export const wrongScore = (name: string | undefined, shape: Shape): string =>
  `output "${name ?? ''}" is ${shapeText(shape)}, output.score needs one number a frame, as [1] or [1, 1]`;

export const wrongMap = (name: string | undefined, shape: Shape): string =>
  `output "${name ?? ''}" is ${shapeText(shape)}, output.map needs [1, 1, H, W] or [1, H, W]`;
