import { readFileSync } from 'node:fs';

/** Is there such a process, and is it more than an entry that nobody collects? */
export function isProcessAlive(pid: number): boolean {
  return processIdentity(pid) !== undefined;
}

/**
 * A name for one process that its number alone is not: numbers are used again, in containers at once. Where the system
 * tells a process's start time, it is part of the name.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || !answersSignals(pid)) return undefined;
  try {
    // Fields 3 (state) and 22 (start) of stat(5); the name in field 2 may hold spaces, so count behind its parenthesis.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19] ?? ''}`;
  } catch {
    return String(pid);
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
