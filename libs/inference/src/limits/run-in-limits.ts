import { spawn, type ChildProcess } from 'node:child_process';
import { groupMemoryMb } from './group-memory.js';
import { watchUse } from './watch-use.js';

/** What a run in a process of its own may take. */
export interface ProcessLimits {
  readonly maxSeconds: number;
  /**
   * Resident memory of the process and all that it starts together, in MiB, looked at several times a second (Linux only);
   * the heap of JavaScript alone is held to it everywhere.
   */
  readonly maxMemoryMb: number;
}

/**
 * How a run ended without an answer.
 * - `time-limit`, `memory-limit`: it took more than it was allowed and was ended.
 * - `process-ended`: it ended without having said why, as when something else killed it.
 * - `cancelled`: the signal.
 */
export interface ProcessEnd {
  readonly code: 'time-limit' | 'memory-limit' | 'process-ended' | 'cancelled';
  readonly detail: string;
}

export type LimitedOutcome<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'ended'; readonly end: ProcessEnd };

export interface LimitedRun<Order, Message, Answer> {
  /** A program that begins with `serveOrder`. */
  readonly program: string;
  readonly order: Order;
  readonly limits: ProcessLimits;
  /** Told of every message; the first that it makes an answer of is the run's, unless a limit came before. */
  readonly hear: (message: Message) => Answer | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LOOK_AT_MEMORY_MS = 100;
const STDERR_TAIL = 4000;
const HEAP_EXHAUSTED = /JavaScript heap out of memory|Reached heap limit/;

/** Tokens, passwords and NODE_OPTIONS of the parent are none of its business. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/**
 * One order to a child process that leads a process group of its own: at a limit, at the signal and at the end of the
 * parent, however that comes, the whole group ends at once. Resolves when the leader is gone and the group is told to go.
 */
export async function runInLimits<Order extends object, Message, Answer>({
  program,
  order,
  limits,
  hear,
  signal,
}: LimitedRun<Order, Message, Answer>): Promise<LimitedOutcome<Answer>> {
  if (signal?.aborted === true) return CANCELLED;
  const child = start(program, limits);
  const { pid } = child;
  let verdict: LimitedOutcome<Answer> | undefined;
  const end = (outcome: LimitedOutcome<never>): void => {
    verdict ??= outcome;
    if (pid !== undefined) killGroup(pid);
  };
  const cancel = (): void => end(CANCELLED);
  signal?.addEventListener('abort', cancel);
  const clock = setTimeout(
    () => end(ended('time-limit', `it took longer than ${limits.maxSeconds} s`)),
    limits.maxSeconds * 1000,
  );
  const memory = pid === undefined ? undefined : watchMemory(pid, limits.maxMemoryMb, end);
  child.on('message', (message: Message) => {
    const answer = hear(message);
    if (answer !== undefined) verdict ??= { kind: 'answered', answer };
  });
  try {
    const closed = await closeOf(child, order);
    return verdict ?? judge(closed, limits);
  } finally {
    signal?.removeEventListener('abort', cancel);
    clearTimeout(clock);
    memory?.();
    // What the leader started may outlive it.
    if (pid !== undefined) killGroup(pid);
  }
}

const ended = (code: ProcessEnd['code'], detail: string): LimitedOutcome<never> => ({
  kind: 'ended',
  end: { code, detail },
});
const CANCELLED = ended('cancelled', 'the work was cancelled');

function start(program: string, { maxMemoryMb }: ProcessLimits): ChildProcess {
  const env = Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const flags = [`--max-old-space-size=${maxMemoryMb}`, '--no-warnings'];
  return spawn(process.execPath, [...flags, program, String(process.pid)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A session, and with it a process group, of its own.
    detached: true,
    env,
  });
}

/** Ends every process of a group that this process started; a group that is gone already is no fault. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

interface ProcessClose {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** "close" comes after the last message and the last words. */
function closeOf(child: ChildProcess, order: object): Promise<ProcessClose> {
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => {
    stderr = (stderr + piece.toString('utf8')).slice(-STDERR_TAIL);
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stderr }));
    child.once('error', (cause) => resolve({ exitCode: null, signal: null, stderr: cause.message }));
    // A child that is gone already says so by its end; one that could not be started has no channel, and says so by an error.
    if ('send' in child) child.send(order, () => undefined);
  });
}

function judge(
  { exitCode, signal, stderr }: ProcessClose,
  { maxMemoryMb }: ProcessLimits,
): LimitedOutcome<never> {
  if (HEAP_EXHAUSTED.test(stderr))
    return ended('memory-limit', `its heap needed more than ${maxMemoryMb} MB`);
  const how = signal === null ? `ended with code ${exitCode ?? 'unknown'}` : `was killed by ${signal}`;
  return ended('process-ended', `the process ${how}${stderr === '' ? '' : `: ${stderr.trim().slice(-300)}`}`);
}

/** @returns what ends the watch */
function watchMemory(
  group: number,
  maxMb: number,
  end: (outcome: LimitedOutcome<never>) => void,
): () => void {
  return watchUse(
    () => groupMemoryMb(group),
    maxMb,
    (usedMb) =>
      end(ended('memory-limit', `it took ${Math.round(usedMb)} MB, at most ${maxMb} MB are allowed`)),
    LOOK_AT_MEMORY_MS,
  );
}
