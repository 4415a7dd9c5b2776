import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytes } from '../../adapters/disk-space.js';
import { idsOf } from '../../service/read-machine.js';
import { shellWord } from '../../service/service-step.js';
import type { Check, Patient } from '../check.js';
import { fail, ok, skip, warn, type Finding } from '../finding.js';

const MB = 1024 ** 2;
/** A bundle comes in chunks first, and stands beside the former version. */
const ROOM_FOR_UPDATE_MB = 512;

export const stateFolder: Check = {
  name: 'disk',
  run: async ({ paths, config, service }) => {
    if (!paths) return skip('no state folder is named (--state), and no service has one');
    const { folder } = paths;
    const path = shellWord(folder);
    const found = await stat(folder).catch((cause: NodeJS.ErrnoException) => cause);
    if (found instanceof Error) {
      const why = found.code === 'ENOENT' ? 'does not exist' : `cannot be looked at: ${found.message}`;
      return fail(`${folder} ${why}`, `sudo mkdir -p ${path}`);
    }
    const foreign = await foreignFile(folder, service);
    if (foreign) return foreign;
    const unwritable = await whyUnwritable(folder);
    if (unwritable !== undefined)
      return fail(`${folder} cannot be written: ${unwritable}`, `findmnt -T ${path}`);
    return judgeSpace(folder, (await freeBytes(folder)) / MB, config.minFreeDiskMb);
  },
};

export function judgeSpace(folder: string, freeMb: number, minFreeMb: number): Finding {
  const says = `${Math.round(freeMb)} MB are free at ${folder}`;
  const show = `du -xh --max-depth=1 ${shellWord(folder)} | sort -h | tail`;
  if (freeMb < minFreeMb)
    return fail(`${says}: updates are refused below ${minFreeMb} (minFreeDiskMb)`, show);
  return freeMb < minFreeMb + ROOM_FOR_UPDATE_MB
    ? warn(`${says}: that is little for an update`, show)
    : ok(says);
}

/** After an enrolment by root, say, the service cannot read its own key. */
async function foreignFile(folder: string, service: Patient['service']): Promise<Finding | undefined> {
  const ids =
    service && service.state === folder ? await idsOf(service.user, '/').catch(() => undefined) : undefined;
  if (!service || !ids) return undefined;
  for (const name of ['', 'identity.json', 'device-key.jwk', 'state.json', 'outbox', 'secrets']) {
    const { uid } = await stat(join(folder, name)).catch(() => ids);
    if (uid === ids.uid) continue;
    const what = name === '' ? folder : join(folder, name);
    return fail(
      `${what} does not belong to ${service.user}, whom the service runs as`,
      `sudo chown -R ${service.user}: ${shellWord(folder)}`,
    );
  }
  return undefined;
}

/** By doing it: permissions say nothing of a read-only file system. */
async function whyUnwritable(folder: string): Promise<string | undefined> {
  try {
    await rm(await mkdtemp(join(folder, '.doctor-')), { recursive: true });
    return undefined;
  } catch (cause) {
    return (cause as Error).message;
  }
}
