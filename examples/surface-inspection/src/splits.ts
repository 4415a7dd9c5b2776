import { Random } from './random.js';
import { drawSurface, type Label, type Picture } from './surface.js';

/** Splits differ in their seed alone; on a line most parts are good. */
export const SPLITS = {
  train: { images: 6000, seed: 1 },
  test: { images: 1000, seed: 2 },
  line: { images: 600, seed: 3 },
} as const;
export type Split = keyof typeof SPLITS;

const SHARES: readonly (readonly [Label, number])[] = [
  ['good', 0.52],
  ['scratch', 0.16],
  ['spot', 0.16],
  ['dent', 0.16],
];

export interface SplitImage {
  readonly name: string;
  readonly label: Label;
  /** Grey values, row by row. */
  readonly pixels: Uint8Array;
  readonly defects: Picture['defects'];
}

/** Of each image of a split, what draws it: a seed per image, so that the order of drawing does not matter. */
export function imagesOf(split: Split): readonly (() => SplitImage)[] {
  const { images, seed } = SPLITS[split];
  const random = new Random(seed);
  const seeds = Array.from({ length: images }, () => Math.floor(random.next() * 2 ** 32));
  return seeds.map((own, i) => () => drawImage(`${String(i).padStart(4, '0')}.png`, own));
}

function drawImage(name: string, seed: number): SplitImage {
  const random = new Random(seed);
  const label = random.pick(SHARES);
  const { surface, defects } = drawSurface(label, random);
  const pixels = Uint8Array.from(surface, (v) => Math.max(0, Math.min(255, Math.round(v * 255))));
  return { name, label, pixels, defects };
}
