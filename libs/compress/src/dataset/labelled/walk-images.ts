import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { imageSize, type ImageSize } from '@hamon/inference';
import { CompressError } from '../../errors.js';
import { IMAGE_EXTENSIONS } from '../image-extensions.js';

/** More files than any calibration or evaluation needs: a wrong folder must not fill the memory with names. */
export const MAX_FILES = 200_000;
/** Folders within folders; a link to a folder above would go on for ever. */
const MAX_DEPTH = 8;

/** Paths of all files with one of the extensions at and below a folder, from there, with `/`, sorted. */
export async function walkFiles(dir: string, extensions: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (within: string, depth: number): Promise<void> => {
    const entries = await readdir(join(dir, within), { withFileTypes: true }).catch((cause: unknown) => {
      throw new CompressError(
        'dataset-invalid',
        `${join(dir, within)} cannot be read: ${(cause as Error).message}`,
        { cause },
      );
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = posix.join(within, entry.name);
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) await walk(path, depth + 1);
      } else if (extensions.includes(extname(entry.name).toLowerCase())) found.push(path);
      if (found.length > MAX_FILES)
        throw new CompressError('dataset-invalid', `${dir} holds more than ${MAX_FILES} files`);
    }
  };
  await walk('', 0);
  return found.sort();
}

export const walkImages = (dir: string): Promise<readonly string[]> => walkFiles(dir, IMAGE_EXTENSIONS);

/** A path without its extension: what an image and its label file, or its mask, have in common. */
export const stemOf = (path: string): string => path.slice(0, path.length - extname(path).length);

export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );

/** @throws CompressError `dataset-invalid` */
export async function sizeOfImage(path: string): Promise<ImageSize> {
  try {
    return await imageSize(await readFile(path));
  } catch (cause) {
    throw new CompressError('dataset-invalid', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws CompressError `dataset-invalid` for a file that is missing or too long */
export async function readText(path: string, maxBytes: number): Promise<string> {
  const invalid = (detail: string, cause?: unknown): CompressError =>
    new CompressError('dataset-invalid', `${path} ${detail}`, { cause });
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw invalid(`cannot be read: ${cause.code}`, cause);
  });
  if (facts.size > maxBytes) throw invalid(`has ${facts.size} bytes, at most ${maxBytes} are read`);
  return readFile(path, 'utf8');
}
