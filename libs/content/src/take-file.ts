import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ContentError, describingFaults, systemCode } from './content-error.js';

/** A taker that dies within the moment of a take-over leaves one more file behind; so many in a row are no accident. */
const MAX_DEPTH = 3;

export interface TakeFileOptions {
  readonly path: string;
  /** Names the taker; never empty. */
  readonly owner: string;
  readonly mode: number;
  /** Does the owner that a file names still hold it? Asked of files that others left, whatever is in them. */
  readonly isHeld: (owner: string) => boolean | Promise<boolean>;
}

/**
 * Takes a file that at most one holder has at a time. It appears with its content at once, so that nobody sees it empty.
 * One that a dead holder left is replaced under a second such file: of several that find it, one takes it over, and
 * nobody removes what another has just taken.
 *
 * @returns the owner that holds it, or undefined where it was taken; removing the file gives it back
 * @throws ContentError
 */
export async function takeFile(options: TakeFileOptions): Promise<string | undefined> {
  return describingFaults(`cannot take ${options.path}`, () => take(options, 0));
}

async function take(options: TakeFileOptions, depth: number): Promise<string | undefined> {
  const { path, owner, mode } = options;
  if (depth > MAX_DEPTH) throw new ContentError('io', `cannot take ${path}: remove it if nobody starts`);
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, owner, { flag: 'wx', mode });
    for (;;) {
      if (await linked(own, path)) return undefined;
      const holder = await heldBy(options);
      if (holder === 'gone') continue;
      if (holder !== 'stale') return holder.owner;
      // Whoever has the second file is the only one who may replace a stale first one; it looks again before it does.
      const guard = { ...options, path: `${path}.takeover` };
      const other = await take(guard, depth + 1);
      if (other !== undefined) return other;
      try {
        if ((await heldBy(options)) !== 'stale') continue;
        await rename(own, path);
        return undefined;
      } finally {
        await rm(guard.path, { force: true });
      }
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

async function heldBy({ path, isHeld }: TakeFileOptions): Promise<{ owner: string } | 'stale' | 'gone'> {
  let owner: string;
  try {
    owner = await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return 'gone';
    throw cause;
  }
  return (await isHeld(owner)) ? { owner } : 'stale';
}
