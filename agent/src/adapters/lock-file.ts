import { open, readFile, rm } from 'node:fs/promises';
import { AgentError } from '../agent-error.js';
import { storageFault } from './storage-fault.js';

/**
 * One agent per state folder. The lock names its holder by process id and start time, so that neither a killed agent
 * nor a stranger with its old id keeps a device from starting.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const own = JSON.stringify({ pid: process.pid, startedAt: await startTime(process.pid) });
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o644);
      try {
        // On a full disk the lock stays empty and keeps nobody out; a device that does not start would be worse.
        await file.writeFile(own).catch(unlessFull);
      } finally {
        await file.close();
      }
      return () => rm(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const holder = await livingHolder(path);
    if (holder !== undefined) {
      throw new AgentError('already-running', `an agent with process id ${holder} uses this state folder`);
    }
    await rm(path, { force: true });
  }
}

function unlessFull(cause: unknown): void {
  if (storageFault('writing the lock', cause).code !== 'disk-full') throw cause;
}

async function livingHolder(path: string): Promise<number | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(path, 'utf8')) as { pid: number; startedAt: string };
    if (pid === process.pid) return undefined;
    process.kill(pid, 0);
    return (await startTime(pid)) === startedAt ? pid : undefined;
  } catch (cause) {
    // EPERM: it lives, under another user.
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
    throw new AgentError('already-running', `another user's agent uses this state folder`, { cause });
  }
}

/** Clock ticks since boot at which a process began (proc(5), field 22); empty where there is no /proc. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, in parentheses, may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
