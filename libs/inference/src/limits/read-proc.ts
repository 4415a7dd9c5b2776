import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Ended meanwhile, hidden from this user, or a system without `/proc`. */
const NOT_THERE = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM']);

/**
 * The text of a file below `/proc`; empty where there is none for us. Anything else is thrown: a process whose memory
 * cannot be asked for because descriptors ran out has not become small.
 */
export async function readProc(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (cause) {
    return orElse('', cause);
  }
}

/**
 * The same at once, for a look at every process there is: the kernel answers from memory, and a promise for each of four
 * system calls would cost several times what they do.
 */
export function readProcNow(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    return orElse('', cause);
  }
}

/** The names in `/proc`; undefined on a system that has none. */
export function listProcNow(): readonly string[] | undefined {
  try {
    return readdirSync('/proc');
  } catch (cause) {
    return orElse(undefined, cause);
  }
}

function orElse<E>(none: E, cause: unknown): E {
  if (NOT_THERE.has((cause as NodeJS.ErrnoException).code ?? '')) return none;
  throw cause;
}
