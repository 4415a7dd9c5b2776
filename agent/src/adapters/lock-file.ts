import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { AgentError } from '../agent-error.js';
import { storageFault } from './storage-fault.js';

/**
 * One agent per state folder. The lock is a symbolic link whose target names its holder: it appears whole or not at all,
 * and it needs no space for data on a full disk. The holder is named by process id, start time and boot, so that neither
 * a killed agent nor a stranger with its old id keeps a device from starting.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  try {
    await take(path, await nameOf(process.pid));
  } catch (cause) {
    // No room for another name in the folder: a device that does not start would be worse than two that do.
    if (storageFault('taking the lock', cause).code !== 'disk-full') throw cause;
    return async () => undefined;
  }
  return () => rm(path, { force: true });
}

async function take(path: string, own: string): Promise<void> {
  while (!(await linked(path, own))) {
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    if (await lives(holder)) {
      const [pid] = holder.split('.');
      throw new AgentError('already-running', `an agent with process id ${pid} uses this state folder`);
    }
    // Removed by hand, the dead holder's lock could by then be a living one's. Whoever holds the dead one's estate puts
    // his own lock in its place in one step, and estates are named after holders, who never come back.
    const estate = `${path}.${holder}`;
    await take(estate, own);
    if ((await holderOf(path)) === holder) return rename(estate, path);
    // Another heir was here, and has handed the estate's name on by renaming it.
    await rm(estate, { force: true });
  }
}

async function linked(path: string, own: string): Promise<boolean> {
  try {
    await symlink(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Undefined where it has gone meanwhile; a file that is no link names nobody. */
async function holderOf(path: string): Promise<string | undefined> {
  try {
    const target = await readlink(path);
    return NAME.test(target) ? target : 'nobody';
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EINVAL') return 'nobody';
    throw cause;
  }
}

const NAME = /^\d+\.\d*\.[\da-f]*$/;

async function lives(holder: string): Promise<boolean> {
  const pid = Number(holder.split('.')[0]);
  if (!Number.isInteger(pid) || (await nameOf(pid)) !== holder) return false;
  // Without /proc a process id alone is the name, and a killed agent may have had this one's.
  if (pid === process.pid) return holder !== bare(pid);
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives, under another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** `pid.start.boot`: proc(5), field 22 of stat, in clock ticks since boot. */
async function nameOf(pid: number): Promise<string> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const stat = await read(`/proc/${pid}/stat`);
  if (stat === '') return bare(pid);
  // The second field, in parentheses, may hold spaces.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const boot = (await read('/proc/sys/kernel/random/boot_id')).slice(0, 8);
  return `${pid}.${start}.${boot}`;
}

const bare = (pid: number): string => `${pid}..`;
