import type { BundleInput } from '@hamon/contracts';
import type { Sharp } from 'sharp';
import type { Samples } from './samples.js';

const FITS = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const;

export type Size = Pick<BundleInput, 'width' | 'height' | 'resize' | 'pad'>;

export const fit = (image: Sharp, { width, height, resize, pad = 0 }: Size): Sharp =>
  image.resize(width, height, {
    fit: FITS[resize],
    kernel: 'linear',
    background: { r: pad, g: pad, b: pad, alpha: 1 },
    fastShrinkOnLoad: false,
  });

export async function samplesOf(image: Sharp): Promise<Samples> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, channels: info.channels };
}
