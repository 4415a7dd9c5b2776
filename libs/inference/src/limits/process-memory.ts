import { readProc } from './read-proc.js';

const KB_PER_MB = 1024;

/** Resident memory of a process in MiB; undefined where it is gone or the system has no `/proc`. */
export async function processMemoryMb(pid: number): Promise<number | undefined> {
  const status = await readProc(`/proc/${pid}/status`);
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / KB_PER_MB;
}
