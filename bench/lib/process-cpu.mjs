import { readdir, readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;

/**
 * Seconds of CPU that this process and everything below it has used so far, `except` and everything below them left out.
 * Only where there is a /proc; undefined elsewhere.
 */
export async function cpuSecondsHere(...except) {
  const entries = await readdir('/proc').catch(() => undefined);
  if (!entries) return undefined;
  const processes = new Map();
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) continue;
    // The name stands in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Fields 4, 14 to 17 of proc(5): parent, own time in both modes, and that of children that have ended.
    const [parent, ...ticks] = [1, 11, 12, 13, 14].map((at) => Number(fields[at]));
    processes.set(Number(entry), { parent, ticks: ticks.reduce((sum, n) => sum + n, 0) });
  }
  const isHere = (pid) => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) {
      if (except.includes(at)) return false;
      if (at === process.pid) return true;
    }
    return false;
  };
  const ticks = [...processes].filter(([pid]) => isHere(pid)).reduce((sum, [, one]) => sum + one.ticks, 0);
  return ticks / TICKS_PER_SECOND;
}
