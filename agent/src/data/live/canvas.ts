import type { Box } from '@hamon/contracts';
import type { Pixels } from '@hamon/inference';
import { GLYPH_ADVANCE, GLYPH_HEIGHT, GLYPH_WIDTH, isDot, writable } from './font.js';

/** Red, green, blue. */
export type Colour = readonly [number, number, number];

/** A picture of our own that is drawn on; what lies outside of it is left out. */
export class Canvas implements Pixels {
  readonly channels = 3;

  /** @param data samples `[height, width, 3]`, changed in place */
  constructor(
    readonly data: Uint8Array,
    readonly width: number,
    readonly height: number,
  ) {}

  /** @param opacity 0 to 1 */
  fill(box: Box, colour: Colour, opacity = 1): void {
    const left = clamp(Math.round(box.x), this.width);
    const right = clamp(Math.round(box.x + box.width), this.width);
    const top = clamp(Math.round(box.y), this.height);
    const bottom = clamp(Math.round(box.y + box.height), this.height);
    for (let y = top; y < bottom; y += 1) this.run(y * this.width + left, right - left, colour, opacity);
  }

  /** Along the inside of a box. */
  outline({ x, y, width, height }: Box, thickness: number, colour: Colour): void {
    const across = Math.min(thickness, width);
    const down = Math.min(thickness, height);
    this.fill({ x, y, width, height: down }, colour);
    this.fill({ x, y: y + height - down, width, height: down }, colour);
    this.fill({ x, y, width: across, height }, colour);
    this.fill({ x: x + width - across, y, width: across, height }, colour);
  }

  /** @param scale whole pixels a dot */
  write(text: string, x: number, y: number, scale: number, colour: Colour): void {
    let left = Math.round(x);
    for (const letter of writable(text)) {
      if (left >= this.width) return;
      for (let column = 0; column < GLYPH_WIDTH; column += 1) {
        for (let row = 0; row < GLYPH_HEIGHT; row += 1) {
          if (!isDot(letter, column, row)) continue;
          const dot = { x: left + column * scale, y: Math.round(y) + row * scale };
          this.fill({ ...dot, width: scale, height: scale }, colour);
        }
      }
      left += GLYPH_ADVANCE * scale;
    }
  }

  /** Makes a part unrecognisable: no more than a few squares of it stay. */
  coarsen({ x, y, width, height }: Box): void {
    const side = Math.max(8, Math.ceil(Math.max(width, height) / 6));
    for (let top = y; top < y + height; top += side) {
      for (let left = x; left < x + width; left += side) {
        const [across, down] = [Math.min(side, x + width - left), Math.min(side, y + height - top)];
        const box = { x: left, y: top, width: across, height: down };
        this.fill(box, this.meanOf(box));
      }
    }
  }

  private meanOf({ x, y, width, height }: Box): Colour {
    const sum: [number, number, number] = [0, 0, 0];
    const right = clamp(Math.round(x + width), this.width);
    const bottom = clamp(Math.round(y + height), this.height);
    let pixels = 0;
    for (let row = clamp(Math.round(y), this.height); row < bottom; row += 1) {
      for (let column = clamp(Math.round(x), this.width); column < right; column += 1) {
        const at = (row * this.width + column) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          sum[channel] = (sum[channel] as number) + (this.data[at + channel] as number);
        }
        pixels += 1;
      }
    }
    return [sum[0] / pixels, sum[1] / pixels, sum[2] / pixels];
  }

  /** Consecutive pixels, from one row into the next. */
  run(from: number, pixels: number, [red, green, blue]: Colour, opacity = 1): void {
    const { data } = this;
    const rest = 1 - opacity;
    const end = Math.min(from + pixels, this.width * this.height) * 3;
    for (let at = Math.max(0, from) * 3; at < end; at += 3) {
      data[at] = (data[at] as number) * rest + red * opacity;
      data[at + 1] = (data[at + 1] as number) * rest + green * opacity;
      data[at + 2] = (data[at + 2] as number) * rest + blue * opacity;
    }
  }
}

export const textWidth = (text: string, scale: number): number =>
  writable(text).length * GLYPH_ADVANCE * scale;

const clamp = (place: number, length: number): number => Math.min(Math.max(0, place), length);
