import { setImmediate } from 'node:timers/promises';
import { listProcNow, readProcNow } from './read-proc.js';

/** Field 5 of proc_pid_stat(5), counted behind the name (field 2), which may hold spaces. */
const PROCESS_GROUP = 5 - 3;
const KB_PER_MB = 1024;
/** Entries that are looked at without a pause: about a millisecond's work. */
const AT_ONCE = 100;

/**
 * Resident memory of all processes of a group together, in MiB; pages that they share count for each of them. Undefined
 * where the system has no `/proc`.
 */
export async function groupMemoryMb(group: number): Promise<number | undefined> {
  const entries = listProcNow();
  if (entries === undefined) return undefined;
  let total = 0;
  for (const [i, entry] of entries.entries()) {
    // A machine with thousands of processes must not hold up what else this one does.
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
    if (/^\d+$/.test(entry) && groupOf(entry) === group) total += residentKb(entry);
  }
  return total / KB_PER_MB;
}

/** A process may end between the listing and the look: it counts as nothing. */
function groupOf(pid: string): number {
  const text = readProcNow(`/proc/${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[PROCESS_GROUP]);
}

function residentKb(pid: string): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readProcNow(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes);
}
