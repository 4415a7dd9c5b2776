import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = (name: string): string => join(process.cwd(), 'libs/content/test', name);

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

/** A process that takes the locks `0`, `1`, … of a folder and holds them until it is killed. */
export class LockTaker {
  /** Numbers of the locks that it has. */
  readonly taken: number[] = [];
  readonly refusedBy = new Set<number>();
  private readonly lines: AsyncIterator<string>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly count: number,
  ) {
    this.lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  }

  /** It is there, and waits. */
  static async open(folder: string, count: number): Promise<LockTaker> {
    const child = spawn(process.execPath, [program('take-locks.mjs'), folder, String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const taker = new LockTaker(child, count);
    await taker.lines.next();
    return taker;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async go(): Promise<void> {
    this.child.stdin?.write('go\n');
    for (let i = 0; i < this.count; i += 1) {
      const line = await this.lines.next();
      const outcome = JSON.parse(String(line.value)) as { heldBy?: number };
      if (outcome.heldBy === undefined) this.taken.push(i);
      else this.refusedBy.add(outcome.heldBy);
    }
  }

  kill = (): Promise<void> => killed(this.child);
}

/** Another process takes a lock and is killed before its `stopAt`th system call, or with the lock: what it said. */
export async function takenUntilKilled(path: string, stopAt: number): Promise<string> {
  const child = spawn(process.execPath, [program('take-lock-until-killed.mjs'), path, String(stopAt)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  await killed(child);
  return line.toString().trim();
}
