import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { systemCode } from './content-error.js';
import type { ProcessName } from './process-name.js';

/** Ended meanwhile, hidden from this user, or a system without `/proc`. */
const UNTOLD = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM']);
const BIRTH = String(Math.round(performance.timeOrigin * 1000));

/** The process that has this number now; undefined where none has, or only a dead one that nobody has collected. */
export function lookUpProcess(pid: number): ProcessName | undefined {
  // Fields 3 (state) and 22 (start) of stat(5); the name in field 2 may hold spaces, so count behind its parenthesis.
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Asked after it was read: a process that is hidden from us, or on a system without /proc, still answers.
  if (fields[0] === 'Z' || !answersSignals(pid)) return undefined;
  return {
    pid,
    start: fields[19] ?? '',
    boot: textOf('/proc/sys/kernel/random/boot_id').slice(0, 8),
    birth: pid === process.pid ? BIRTH : '',
  };
}

/** Is there such a process, and is it more than an entry that nobody collects? */
export const isProcessAlive = (pid: number): boolean => lookUpProcess(pid) !== undefined;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    // A name without its start would pass for whoever has the number: only what no look can tell may be missing.
    if (UNTOLD.has(systemCode(cause) ?? '')) return '';
    throw cause;
  }
}

function answersSignals(pid: number): boolean {
  // Zero and below are groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // It lives, under another user.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
