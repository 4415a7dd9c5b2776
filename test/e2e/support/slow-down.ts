import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './processes.js';

const STOPPED_MS = 150;
const RUNNING_MS = 3;

/** Makes a process as slow as one on a device that is too weak for it: it runs for a moment now and then. */
export async function slowDown(pid: number): Promise<void> {
  while (isAlive(pid)) {
    try {
      process.kill(pid, 'SIGSTOP');
      await delay(STOPPED_MS);
      process.kill(pid, 'SIGCONT');
      await delay(RUNNING_MS);
    } catch {
      return; // It has ended meanwhile.
    }
  }
}
