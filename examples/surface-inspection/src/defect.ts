import type { DefectLabel } from './surface.js';

/** One drawn defect, as the camera would see it without noise. */
export interface Defect {
  readonly label: DefectLabel;
  /** Indices into the picture, row by row, of the pixels that belong to it. */
  readonly pixels: readonly number[];
  /** The smallest box that holds them, in pixels: `[x, y, width, height]`. */
  readonly box: readonly [number, number, number, number];
}

/**
 * Its soft edge fades out over several pixels: those belong to it that it changed by at least this share of its greatest
 * change.
 */
const EDGE = 0.25;

/** What a mark of this label left, from how much it changed each pixel; undefined where it lies outside the picture. */
export function defectOf(label: DefectLabel, change: Float32Array, side: number): Defect | undefined {
  const greatest = change.reduce((most, value) => Math.max(most, value), 0);
  if (greatest === 0) return undefined;
  const pixels = [...change.keys()].filter((i) => (change[i] ?? 0) >= EDGE * greatest);
  return { label, pixels, box: boxAround(pixels, side) };
}

function boxAround(pixels: readonly number[], side: number): Defect['box'] {
  const [columns, rows] = [pixels.map((i) => i % side), pixels.map((i) => Math.floor(i / side))];
  const [x, y] = [Math.min(...columns), Math.min(...rows)];
  return [x, y, Math.max(...columns) - x + 1, Math.max(...rows) - y + 1];
}
