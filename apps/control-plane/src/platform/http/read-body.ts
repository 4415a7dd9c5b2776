import type { Readable } from 'node:stream';
import { ControlPlaneError } from '../errors.js';

/** A streamed body as bytes, refused once it exceeds the limit. */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) {
      throw new ControlPlaneError('payload-too-large', `The body exceeds ${maxBytes} bytes.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}
