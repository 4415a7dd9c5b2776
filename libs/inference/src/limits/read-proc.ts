import { readdir, readFile } from 'node:fs/promises';

/** Ended meanwhile, hidden from this user, or a system without `/proc`. */
const NOT_THERE = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM']);

/**
 * The text of a file below `/proc`; empty where there is none for us. Anything else is thrown: a process whose memory
 * cannot be asked for because descriptors ran out has not become small.
 */
export const readProc = (path: string): Promise<string> => orElse('', readFile(path, 'latin1'));

/** The names in `/proc`; undefined on a system that has none. */
export const listProc = (): Promise<readonly string[] | undefined> => orElse(undefined, readdir('/proc'));

async function orElse<T, E>(none: E, asked: Promise<T>): Promise<T | E> {
  try {
    return await asked;
  } catch (cause) {
    if (NOT_THERE.has((cause as NodeJS.ErrnoException).code ?? '')) return none;
    throw cause;
  }
}
