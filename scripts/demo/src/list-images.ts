import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Every PNG and JPEG below a folder, sorted. */
export async function listImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
