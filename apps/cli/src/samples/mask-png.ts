import { crc32, deflateSync } from 'node:zlib';
import type { Mask } from '@hamon/contracts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY_8_BIT = Uint8Array.of(8, 0, 0, 0, 0);
/** Larger masks are no masks of pictures that a device sent. */
const MAX_PIXELS = 50_000_000;

/**
 * A mask as PNG of one channel, 8 bits a pixel (PNG specification, third edition, 5 and 9).
 *
 * @param pixelOf what a place among the labels becomes
 */
export function maskPng({ width, height, rle }: Mask, pixelOf: (place: number) => number): Buffer {
  if (width * height > MAX_PIXELS) throw new RangeError(`a mask has at most ${MAX_PIXELS} pixels`);
  const pixels = new Uint8Array(width * height);
  let at = 0;
  for (let run = 0; run < rle.length; run += 2) {
    const length = rle[run + 1] ?? 0;
    pixels.fill(pixelOf(rle[run] ?? 0), at, at + length);
    at += length;
  }
  // Each row begins with the number of its filter: none.
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([size, GREY_8_BIT])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, check]);
}

/** Row by row, `[label, pixels, …]`, of pixels that are places among labels. */
export function runLengths(pixels: Uint8Array): number[] {
  const rle: number[] = [];
  for (let at = 0; at < pixels.length;) {
    const place = pixels[at] ?? 0;
    const from = at;
    while (at < pixels.length && pixels[at] === place) at += 1;
    rle.push(place, at - from);
  }
  return rle;
}
