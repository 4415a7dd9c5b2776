import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative, sep } from 'node:path';
import canonicalize from 'canonicalize';
import type { LabelledFolder } from '../dataset/labelled/labelled-folder.js';

/** SHA-256 in lower-case hexadecimal. */
export const sha256Of = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of a recipe in canonical JSON (RFC 8785), by which reports name it. */
export const digestOfRecipe = (recipe: object): string => sha256Of(canonicalize(recipe) ?? '');

export interface FolderDigest {
  readonly files: number;
  readonly sha256: string;
}

/**
 * One digest of all samples of a folder, and of what says what they show: names and contents, images in order of the names;
 * other files do not count.
 */
export async function digestOfSamples({ dir, files, labelFiles }: LabelledFolder): Promise<FolderDigest> {
  const all = createHash('sha256');
  for (const path of [...files, ...labelFiles]) {
    const name = relative(dir, path).split(sep).join('/');
    all.update(`${await sha256OfFile(path)}  ${name}\n`);
  }
  return { files: files.length, sha256: all.digest('hex') };
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
