import { createHash } from 'node:crypto';
import type { FileStamp } from './file-stamp.js';
import { nameBytes, type RawName } from './raw-name.js';

/**
 * The id of the answer about one file on one stream: the same for the same stream, name, size and time of writing, however
 * often it is answered (UUID version 8 of RFC 9562, over SHA-256).
 */
export function frameId(stream: string, name: RawName, { bytes, modifiedNs }: FileStamp): string {
  const digest = createHash('sha256')
    .update(`${stream}\0${bytes}\0${modifiedNs}\0`)
    .update(nameBytes(name))
    .digest();
  const hex = digest.subarray(0, 16);
  hex[6] = ((hex[6] as number) & 0x0f) | 0x80;
  hex[8] = ((hex[8] as number) & 0x3f) | 0x80;
  const text = hex.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}
