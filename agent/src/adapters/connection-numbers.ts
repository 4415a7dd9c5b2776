import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';
import { readFileIfThere } from './read-file-if-there.js';

const ROUND = 256;

/**
 * Numbers the connections of something that has a name, from 0 to 255 and on over restarts (`bdSeq`; Sparkplug 3.0.0 has it
 * begin at 0 and grow with each CONNECT): what is told late of a former connection is not taken for the newest. A number
 * that cannot be kept costs no connection.
 */
export async function connectionNumbers(stateFolder: string, name: string): Promise<() => Promise<number>> {
  const folder = join(stateFolder, 'connections');
  const path = join(folder, createHash('sha256').update(name).digest('hex').slice(0, 16));
  const kept = await readFileIfThere(path).catch(() => undefined);
  let last = kept !== undefined && /^\d{1,3}$/.test(kept) ? Number(kept) % ROUND : ROUND - 1;
  await mkdir(folder).catch(() => undefined);
  return async () => {
    last = (last + 1) % ROUND;
    const number = last;
    // Before it is used: whoever is killed then does not use it again.
    await writeFileAtomically(path, String(number)).catch(() => undefined);
    return number;
  };
}
