import { readFileIfThere as readIfThere } from '@hamon/content';
import { storageFault } from './storage-fault.js';

/**
 * Undefined where there is no such file.
 *
 * @throws AgentError `storage-error`, naming a file that is there and cannot be read
 */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readIfThere(path);
  } catch (cause) {
    throw storageFault(`reading ${path}`, (cause as Error).cause);
  }
}
