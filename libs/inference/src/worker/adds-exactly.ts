import { closeSync, openSync, readSync } from 'node:fs';

/** The first core's part is far shorter; a server's whole list is hundreds of kilobytes. */
const ENOUGH_BYTES = 16 * 1024;

/**
 * Has this CPU instructions that add products of 8 bits in 32 (VNNI)? Integers are exact there as they are. False where it is
 * not known.
 */
export function addsExactly(path = '/proc/cpuinfo'): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(ENOUGH_BYTES);
      const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, ENOUGH_BYTES, 0));
      return /^flags\s*:.*\s(?:avx512_vnni|avx_vnni)(?:\s|$)/m.test(text);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
