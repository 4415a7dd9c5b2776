import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Gives a process with all its threads a nice level: Linux keeps one for each thread. Threads that it makes later take that
 * of the thread that makes them.
 *
 * @returns why some thread has another one; undefined where all have it
 */
export function setNice(pid: number, nice: number): string | undefined {
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, nice);
    } catch (cause) {
      const { message } = cause as Error;
      // It ended since it was listed.
      if (message.includes('ESRCH')) continue;
      const isForbidden = /EACCES|EPERM/.test(message);
      const how = isForbidden ? 'a lower one than its own needs the privilege CAP_SYS_NICE' : message;
      return `nice level ${nice} was refused: ${how}`;
    }
  }
  return undefined;
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    // No Linux: its level is the process's.
    return [pid];
  }
}
