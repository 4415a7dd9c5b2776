import { createHash } from 'node:crypto';

/** An id that is the same wherever it is made of the same (UUID version 8 of RFC 9562, over SHA-256). */
export function hashedId(...made: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of made) hash.update(part);
  const hex = hash.digest().subarray(0, 16);
  hex[6] = ((hex[6] as number) & 0x0f) | 0x80;
  hex[8] = ((hex[8] as number) & 0x3f) | 0x80;
  const text = hex.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}
