import type { FrameSize } from '@hamon/contracts';
import type { DecodedImage, ImageForm } from '../image/image-form.js';

/** What a frame between parent and decoder is. */
export const DECODER_FRAME = {
  /** parent → decoder: the head's length as a 32-bit number, the head as JSON, the image. */
  decode: 1,
  /** decoder → parent: width and height of the image as 32-bit numbers, then 8-bit samples. */
  decoded: 2,
  /** decoder → parent: why it is no image, as text. */
  refused: 3,
} as const;

export interface DecodeHead {
  readonly input: ImageForm;
  readonly maxPixels: number;
}

const HEAD_LENGTH_BYTES = 4;

export function packDecode(head: DecodeHead, image: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(HEAD_LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, image]);
}

export function unpackDecode(body: Uint8Array): { readonly head: DecodeHead; readonly image: Uint8Array } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const end = HEAD_LENGTH_BYTES + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', HEAD_LENGTH_BYTES, end)) as DecodeHead;
  return { head, image: bytes.subarray(end) };
}

export const SIZE_BYTES = 8;

export function packSize({ width, height }: FrameSize): Uint8Array {
  const bytes = Buffer.alloc(SIZE_BYTES);
  bytes.writeUInt32LE(width, 0);
  bytes.writeUInt32LE(height, 4);
  return bytes;
}

export function unpackDecoded(body: Uint8Array): DecodedImage {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const frame = { width: view.getUint32(0, true), height: view.getUint32(4, true) };
  return { pixels: body.subarray(SIZE_BYTES), frame };
}
