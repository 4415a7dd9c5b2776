import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder that only this account may enter.
 *
 * @param spare where it is made if the system's own place for such folders takes none: it is full, or, in a container, it
 * may be read-only
 */
export async function temporaryFolder(prefix: string, spare: string): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix)).catch(() => mkdtemp(join(spare, prefix)));
}
