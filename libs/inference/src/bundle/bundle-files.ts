import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@hamon/contracts';
import type { BundleProblem } from './read-bundle.js';

/** Reads one file of a bundle by its path in `bundle.json`. */
export type ReadBundleFile = (path: string) => Promise<Result<Uint8Array, BundleProblem>>;

/** Files of the bundle folder, none longer than `maxBytes`. */
export const readerOf =
  (dir: string, maxBytes: number): ReadBundleFile =>
  async (path) => {
    const checked = await checkFile(dir, path);
    if (!checked.ok) return checked;
    if (checked.value > maxBytes) {
      return err({
        code: 'bundle-invalid',
        detail: `${path} has ${checked.value} bytes, at most ${maxBytes}`,
      });
    }
    return ok(await readFile(join(dir, path)));
  };

/**
 * The length in bytes of a regular file inside the folder. No segment may be a link: a link leads out of what was
 * verified, wherever it points today.
 */
export async function checkFile(dir: string, path: string): Promise<Result<number, BundleProblem>> {
  const segments = path.split('/');
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const part = segments.slice(0, depth).join('/');
    const stats = await lstat(join(dir, part)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw cause;
    });
    if (!stats) return invalid(`${path} is named in bundle.json and not in the folder`);
    if (stats.isSymbolicLink()) return invalid(`${part} is a link; a bundle holds files only`);
    if (depth === segments.length) {
      return stats.isFile() ? ok(stats.size) : invalid(`${path} is no regular file`);
    }
  }
  return invalid('a path must not be empty');
}

const invalid = (detail: string): Result<never, BundleProblem> => err({ code: 'bundle-invalid', detail });
