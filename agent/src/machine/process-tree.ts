import { readdirSync, readFileSync } from 'node:fs';

/** Of `USER_HZ`, which is 100 on every machine that Node.js runs on. */
const SECONDS_PER_TICK = 0.01;
/** A tree that has grown beyond this is counted so far. */
const MOST_PROCESSES = 1000;

/**
 * A process, all that it started, and what those started. Read at once, because the kernel answers from memory. To find them
 * costs a file for each of their threads, to sum up those found before one for each process.
 */
export class ProcessTree {
  private descendants: readonly number[] = [];

  constructor(private readonly pid: number = process.pid) {}

  /** Looks who there is. */
  find(): void {
    const found = childrenOf(this.pid);
    // Grows while it is gone through.
    for (const child of found) {
      if (found.length >= MOST_PROCESSES) break;
      found.push(...childrenOf(child));
    }
    this.descendants = found;
  }

  /**
   * Processor time of those found, and of those of them that have ended since, in seconds; undefined where there is no
   * `/proc`, or no such process.
   */
  get cpuSeconds(): number | undefined {
    // A parent before its children: one that ends meanwhile is missed now and found in its parent's sum the next time.
    const own = cpuSecondsOf(this.pid);
    if (own === undefined) return undefined;
    return this.descendants.reduce((sum, child) => sum + (cpuSecondsOf(child) ?? 0), own);
  }
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
