import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CgroupPlace {
  /** Where the kernel shows cgroups, version 2. */
  readonly mount: string;
  /** `/proc/self/cgroup` */
  readonly membership: string;
  readonly pid: number;
}

const HERE: CgroupPlace = { mount: '/sys/fs/cgroup', membership: '/proc/self/cgroup', pid: process.pid };
/** Of systemd's own for `CPUQuota=`. */
const PERIOD_US = 100_000;
/** Processes that are delegated a cgroup may limit one below it, not their own. */
const INNER = 'hamon';

export type CgroupOutcome = { readonly cgroup: string } | { readonly refused: string };

/**
 * Has the kernel hold this process and all that it starts from now on to some cores' worth, where a service manager has given
 * it a cgroup of its own (systemd: `Delegate=cpu`). Nothing is done to a cgroup that others are in: a login's, say.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html sections "Delegation" and "CPU"
 * @param cores undefined takes the limit off
 */
export async function limitByCgroup(
  cores: number | undefined,
  place: CgroupPlace = HERE,
): Promise<CgroupOutcome> {
  try {
    const own = await ownCgroup(place);
    if (typeof own !== 'string') return own;
    const quota = cores === undefined ? 'max' : String(Math.round(cores * PERIOD_US));
    await put(join(own, 'cpu.max'), `${quota} ${PERIOD_US}`);
    return { cgroup: own };
  } catch (cause) {
    return { refused: (cause as Error).message };
  }
}

/** The one that this process may limit; it moves there. */
async function ownCgroup({ mount, membership, pid }: CgroupPlace): Promise<string | CgroupOutcome> {
  const path = /^0::(\/.*)$/m.exec(await readFile(membership, 'utf8'))?.[1];
  if (path === undefined) return { refused: 'this system has no cgroups of version 2' };
  const at = join(mount, path);
  // From a former change of the configuration.
  if (path.endsWith(`/${INNER}`)) return at;
  const controllers = (await readFile(join(at, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  if (!controllers.includes('cpu')) return { refused: `${path} has no cpu controller` };
  const members = (await readFile(join(at, 'cgroup.procs'), 'utf8')).trim().split('\n');
  if (members.length !== 1 || Number(members[0]) !== pid) {
    return { refused: `${path} is not this process's alone` };
  }
  const inner = join(at, INNER);
  await mkdir(inner, { recursive: true });
  // A cgroup that gives its controllers on must hold no process itself.
  await put(join(inner, 'cgroup.procs'), String(pid));
  await put(join(at, 'cgroup.subtree_control'), '+cpu');
  return inner;
}

/** The kernel makes these files; one that is not there is none that could be written. */
async function put(file: string, text: string): Promise<void> {
  await access(file);
  await writeFile(file, text);
}
