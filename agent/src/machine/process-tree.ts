import { readdirSync, readFileSync } from 'node:fs';

/** Of `USER_HZ`, which is 100 on every machine that Node.js runs on. */
const SECONDS_PER_TICK = 0.01;
/** A tree that has grown beyond this is counted so far. */
const MOST_PROCESSES = 1000;

/**
 * Processor time of a process, of all that it started, and of those of them that have ended since, in seconds. Read at once,
 * because the kernel answers from memory; undefined where there is no `/proc`.
 */
export function treeCpuSeconds(pid: number = process.pid): number | undefined {
  const own = cpuSecondsOf(pid);
  if (own === undefined) return undefined;
  // A parent before its children: one that ends meanwhile is missed now and found in its parent's sum the next time.
  let total = own;
  const tree = childrenOf(pid);
  for (const [i, child] of tree.entries()) {
    if (i >= MOST_PROCESSES) break;
    total += cpuSecondsOf(child) ?? 0;
    tree.push(...childrenOf(child));
  }
  return total;
}

/** Fields 14 to 17 of proc_pid_stat(5): its own, and of children that it has waited for. */
function cpuSecondsOf(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(14 - 3, 18 - 3).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks * SECONDS_PER_TICK : undefined;
}

/** Any of its threads may have started them. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
