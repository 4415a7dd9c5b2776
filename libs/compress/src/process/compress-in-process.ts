import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { OnnxErrorCode } from '@hamon/onnx';
import type { CompressOptions, CompressProgress } from '../compress-options.js';
import type { CompressErrorCode } from '../errors.js';
import { groupMemoryMb } from './group-memory.js';
import { killGroup } from './kill-group.js';
import type { CompressMessage, CompressOrder } from './protocol.js';

/** What a run in a process of its own may take. */
export interface CompressLimits {
  readonly maxSeconds: number;
  /**
   * Resident memory of the process and those around onnxruntime together, in MiB, looked at several times a second
   * (Linux only); the heap of JavaScript alone is held to it everywhere.
   */
  readonly maxMemoryMb: number;
}

/**
 * - `time-limit`, `memory-limit`: it took more than it was allowed and was ended.
 * - `disk-full`: there was no room for the result.
 * - `process-ended`: it ended without having said why, as when something else killed it.
 * - `broken`: a bug; the detail is its stack.
 */
export type CompressProcessFault = 'time-limit' | 'memory-limit' | 'disk-full' | 'process-ended' | 'broken';

export type CompressFailureCode = CompressErrorCode | OnnxErrorCode | CompressProcessFault;

/** How a run ended; `done` leaves the result in the folder `out`, everything else leaves no result. */
export type CompressOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: CompressFailureCode; readonly detail: string };

const PROGRAM = createRequire(import.meta.url).resolve('@hamon/compress/compress-worker');
const LOOK_AT_MEMORY_MS = 200;
const STDERR_TAIL = 4000;
const HEAP_EXHAUSTED = /JavaScript heap out of memory|Reached heap limit/;

/** Tokens, passwords and NODE_OPTIONS of the parent are none of its business. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/**
 * {@link compress} in a child process at low priority, which leads a process group of its own: at a limit, at the signal
 * and at the end of the parent, however that comes, the whole group ends at once. Resolves when the group is gone.
 * Folders that a killed run was writing beside `out` are the caller's to remove.
 */
export async function compressInProcess(
  options: CompressOptions,
  limits: CompressLimits,
  onProgress: (progress: CompressProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<CompressOutcome> {
  if (signal?.aborted === true) return CANCELLED;
  const child = start(limits);
  const { pid } = child;
  let verdict: CompressOutcome | undefined;
  const end = (outcome: CompressOutcome): void => {
    verdict ??= outcome;
    if (pid !== undefined) killGroup(pid);
  };
  const cancel = (): void => end(CANCELLED);
  signal?.addEventListener('abort', cancel);
  const clock = setTimeout(
    () => end(failed('time-limit', `it took longer than ${limits.maxSeconds} s`)),
    limits.maxSeconds * 1000,
  );
  const memory = pid === undefined ? undefined : watchMemory(pid, limits.maxMemoryMb, end);
  child.on('message', (message: CompressMessage) => {
    if (message.kind === 'progress') onProgress(message.progress);
    else verdict ??= outcomeOf(message);
  });
  try {
    const fate = await fateOf(child, { options });
    return verdict ?? judge(fate, limits);
  } finally {
    signal?.removeEventListener('abort', cancel);
    clearTimeout(clock);
    memory?.();
    // What the leader started may outlive it.
    if (pid !== undefined) killGroup(pid);
  }
}

const failed = (code: CompressFailureCode, detail: string): CompressOutcome => ({
  kind: 'failed',
  code,
  detail,
});
const CANCELLED = failed('cancelled', 'the work was cancelled');

function start({ maxMemoryMb }: CompressLimits): ChildProcess {
  const env = Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const flags = [`--max-old-space-size=${maxMemoryMb}`, '--no-warnings'];
  return spawn(process.execPath, [...flags, PROGRAM, String(process.pid)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A session, and with it a process group, of its own.
    detached: true,
    env,
  });
}

interface Fate {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** "close" comes after the last message and the last words. */
function fateOf(child: ChildProcess, order: CompressOrder): Promise<Fate> {
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => {
    stderr = (stderr + piece.toString('utf8')).slice(-STDERR_TAIL);
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stderr }));
    child.once('error', (cause) => resolve({ exitCode: null, signal: null, stderr: cause.message }));
    // A child that is gone already says so by its end.
    child.send(order, () => undefined);
  });
}

function judge({ exitCode, signal, stderr }: Fate, { maxMemoryMb }: CompressLimits): CompressOutcome {
  if (HEAP_EXHAUSTED.test(stderr))
    return failed('memory-limit', `its heap needed more than ${maxMemoryMb} MB`);
  const how = signal === null ? `ended with code ${exitCode ?? 'unknown'}` : `was killed by ${signal}`;
  return failed(
    'process-ended',
    `the process ${how}${stderr === '' ? '' : `: ${stderr.trim().slice(-300)}`}`,
  );
}

function outcomeOf(message: Exclude<CompressMessage, { kind: 'progress' }>): CompressOutcome {
  switch (message.kind) {
    case 'done':
      return { kind: 'done' };
    case 'refused':
      return failed(message.code, message.message);
    case 'broken':
      return failed('broken', message.stack);
  }
}

/** @returns what ends the watch */
function watchMemory(group: number, maxMb: number, end: (outcome: CompressOutcome) => void): () => void {
  let timer: NodeJS.Timeout;
  let over = false;
  const look = async (): Promise<void> => {
    const usedMb = await groupMemoryMb(group);
    if (over || usedMb === undefined) return;
    if (usedMb > maxMb) {
      end(failed('memory-limit', `it took ${Math.round(usedMb)} MB, at most ${maxMb} MB are allowed`));
      return;
    }
    timer = setTimeout(() => void look(), LOOK_AT_MEMORY_MS);
  };
  timer = setTimeout(() => void look(), LOOK_AT_MEMORY_MS);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
