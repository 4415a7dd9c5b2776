import type { Corners, Grid } from '../head.js';

export type Encoding = 'cxcywh' | 'xyxy' | 'yxyx' | 'xywh';

interface Scale {
  readonly x: number;
  readonly y: number;
}

/** @param scale pixels of the input per unit of the coordinates, by axis */
export function cornersOf(
  { data, from, anchorStep, partStep }: Grid,
  encoding: Encoding,
  scale: Scale,
): Corners {
  const swapped = encoding === 'yxyx';
  const [x, y] = swapped ? [partStep, 0] : [0, partStep];
  const [x2, y2] = [x + 2 * partStep, y + 2 * partStep];
  const areSizes = encoding === 'cxcywh' || encoding === 'xywh';
  // How much of the size lies before the point that stands for the box.
  const before = encoding === 'cxcywh' ? 0.5 : 0;
  return (anchor, out, at) => {
    const start = from + anchor * anchorStep;
    const [left, upper] = [data[start + x] as number, data[start + y] as number];
    const [third, fourth] = [data[start + x2] as number, data[start + y2] as number];
    const x1 = left - before * third;
    const y1 = upper - before * fourth;
    out[at] = x1 * scale.x;
    out[at + 1] = y1 * scale.y;
    out[at + 2] = (areSizes ? x1 + third : third) * scale.x;
    out[at + 3] = (areSizes ? y1 + fourth : fourth) * scale.y;
  };
}

export const PIXELS: Scale = { x: 1, y: 1 };

export const scaleOf = (
  coordinates: 'pixels' | 'unit',
  { width, height }: { readonly width: number; readonly height: number },
): Scale => (coordinates === 'pixels' ? PIXELS : { x: width, y: height });
