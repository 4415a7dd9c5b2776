import { opendir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A folder with more images than this is played only so far. */
export const MAX_LISTED_IMAGES = 100_000;
const MAX_DEPTH = 4;
const IMAGE = /\.(png|jpe?g)$/i;

/**
 * The PNG and JPEG files of a folder and its subfolders, as sorted paths relative to it. Links are not followed, so that
 * a loop of them ends.
 */
export async function listImages(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (directory: string, depth: number): Promise<void> => {
    for await (const entry of await opendir(directory)) {
      if (found.length >= MAX_LISTED_IMAGES) return;
      const path = join(directory, entry.name);
      if (entry.isFile() && IMAGE.test(entry.name)) found.push(relative(folder, path));
      else if (entry.isDirectory() && depth < MAX_DEPTH) await walk(path, depth + 1);
    }
  };
  await walk(folder, 1);
  return found.sort();
}
