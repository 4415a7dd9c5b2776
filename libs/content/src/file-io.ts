import type { Disk, ReadHandle, WriteHandle } from './disk.js';

/** Opens, uses and always closes a file for reading. */
export async function reading<T>(
  disk: Disk,
  path: string,
  use: (file: ReadHandle) => Promise<T>,
): Promise<T> {
  const file = await disk.openRead(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/**
 * Writes a new file whose bytes are on the medium on return; a file that could not be finished is removed, so that a
 * full disk does not stay full of halves.
 */
export async function writing<T>(
  disk: Disk,
  path: string,
  use: (file: WriteHandle) => Promise<T>,
): Promise<T> {
  const file = await disk.create(path);
  let finished = false;
  try {
    const value = await use(file);
    await file.sync();
    finished = true;
    return value;
  } finally {
    await file.close();
    if (!finished) await disk.remove(path);
  }
}

/** A part of a file; fewer bytes than asked for where the file ends before. */
export function readRange(
  disk: Disk,
  path: string,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  return reading(disk, path, async (file) => {
    const buffer = new Uint8Array(lengthBytes);
    const count = await file.read(buffer, offset);
    return count === lengthBytes ? buffer : buffer.subarray(0, count);
  });
}
