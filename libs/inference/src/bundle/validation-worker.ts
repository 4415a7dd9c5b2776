import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { serveOrder } from '../limits/serve-order.js';
import { validateBundle } from './validate-bundle.js';
import type { ValidationMessage, ValidationOrder } from './validate-in-process.js';

/** The parent's clock ends this process, and says so; the one inside must not be first. */
const BEHIND_PARENT_MS = 60_000;

/** The child process of `validateInProcess`. */
serveOrder<ValidationOrder, ValidationMessage>(async (order, say) => {
  say(await validated(order).catch((cause: unknown) => ({ kind: 'broken', stack: stackOf(cause) })));
});

async function validated({ dir, limits }: ValidationOrder): Promise<ValidationMessage> {
  const result = await validateBundle(dir, {
    timeoutMs: limits.maxSeconds * 1000 + BEHIND_PARENT_MS,
    maxMemoryMb: limits.maxMemoryMb,
  });
  if (!result.ok) return { kind: 'refused', problem: result.error };
  const { bundle, variants, newFiles } = result.value;
  for (const [path, bytes] of newFiles) {
    if (await isTaken(dir, path, bytes)) {
      const detail = `"${path}" is the name of what validation adds; give the bundle's own file another one`;
      return { kind: 'refused', problem: { code: 'bundle-invalid', detail } };
    }
  }
  return { kind: 'valid', bundle, variants, newFiles: [...newFiles.keys()] };
}

/** Writes a new file; over a name that is taken it would change an artifact, which is linked into the folder. */
async function isTaken(dir: string, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes, { flag: 'wx' });
    return false;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') return true;
    throw cause;
  }
}

const stackOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
