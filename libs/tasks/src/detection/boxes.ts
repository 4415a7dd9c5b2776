import type { Box } from '@hamon/contracts';

/** Intersection over union; 0 of boxes without area. */
export function overlap(a: Box, b: Box): number {
  const both = intersection(a, b);
  return both === 0 ? 0 : both / (areaOf(a) + areaOf(b) - both);
}

export function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

export const areaOf = ({ width, height }: Box): number => width * height;
