import { readFile, stat } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import type { LabelMask } from '@hamon/tasks';
import { CompressError } from '../../errors.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
const GREY = 0;
const PALETTE = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/**
 * The numbers that a PNG of one channel stores, grey or with a palette, 1 to 8 bits a pixel. A decoder for pictures is of no
 * use here: it stretches 1-bit grey to 255 and gives a palette's colours instead of its indices.
 * Source: PNG specification (third edition), 7.2 and 9.
 * @throws CompressError `dataset-invalid` naming the file
 */
export async function readIndexMap(path: string): Promise<LabelMask> {
  const invalid = (detail: string, cause?: unknown): CompressError =>
    new CompressError('dataset-invalid', `${path} ${detail}`, { cause });
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw invalid(`cannot be read: ${cause.code}`, cause);
  });
  if (facts.size > MAX_FILE_BYTES) throw invalid(`has ${facts.size} bytes, a mask at most ${MAX_FILE_BYTES}`);
  const bytes = await readFile(path);
  if (!SIGNATURE.every((byte, at) => bytes[at] === byte))
    throw invalid('is no PNG; masks are PNGs of one channel');
  let parts: { readonly header: Header; readonly packed: Buffer };
  try {
    parts = readChunks(bytes);
  } catch (cause) {
    throw invalid('is a broken PNG', cause);
  }
  const { header, packed } = parts;
  const { width, height, depth, colour, interlaced } = header;
  if ((colour !== GREY && colour !== PALETTE) || depth > 8)
    throw invalid('is no mask: its pixels are colours, not indices (grey or palette of at most 8 bits)');
  if (interlaced) throw invalid('is an interlaced PNG; save the mask without interlacing');
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    throw invalid(`has ${width}×${height} pixels, at most ${MAX_PIXELS} are read`);
  const stride = Math.ceil((width * depth) / 8);
  try {
    const rows = inflateSync(packed, { maxOutputLength: (stride + 1) * height });
    if (rows.length !== (stride + 1) * height) throw new Error('rows are missing');
    return { width, height, labels: unpack(unfilter(rows, stride, height), header, stride) };
  } catch (cause) {
    throw invalid('is a broken PNG', cause);
  }
}

function readChunks(bytes: Buffer): { readonly header: Header; readonly packed: Buffer } {
  let header: Header | undefined;
  const packed: Buffer[] = [];
  for (let at = SIGNATURE.length; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR')
      header = {
        width: data.readUInt32BE(0),
        height: data.readUInt32BE(4),
        depth: data.readUInt8(8),
        colour: data.readUInt8(9),
        interlaced: data.readUInt8(12) !== 0,
      };
    else if (type === 'IDAT') packed.push(data);
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  if (header === undefined) throw new Error('it has no header');
  return { header, packed: Buffer.concat(packed) };
}

/** Undoes each row's prediction, in place; pixels of at most one byte have their left neighbour one byte before. */
function unfilter(rows: Uint8Array, stride: number, height: number): Uint8Array {
  const result = new Uint8Array(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = rows[row * (stride + 1)] as number;
    if (filter > 4) throw new Error(`filter ${filter} is unknown`);
    for (let at = 0; at < stride; at += 1) {
      const here = row * stride + at;
      const left = at > 0 ? (result[here - 1] as number) : 0;
      const above = row > 0 ? (result[here - stride] as number) : 0;
      const corner = at > 0 && row > 0 ? (result[here - stride - 1] as number) : 0;
      result[here] = (rows[row * (stride + 1) + 1 + at] as number) + predict(filter, left, above, corner);
    }
  }
  return result;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const estimate = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Several pixels share a byte, the leftmost in its highest bits. */
function unpack(packed: Uint8Array, { width, height, depth }: Header, stride: number): Uint8Array {
  if (depth === 8) return packed;
  const data = new Uint8Array(width * height);
  const mask = (1 << depth) - 1;
  for (let row = 0; row < height; row += 1)
    for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      const byte = packed[row * stride + (bit >> 3)] as number;
      data[row * width + x] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  return data;
}
