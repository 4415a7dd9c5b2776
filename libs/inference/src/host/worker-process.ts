import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import { FrameReader, encodeHeader } from '../protocol/frame.js';
import { MAX_ANSWER_BYTES } from '../protocol/messages.js';

/** How a child process ended. */
export interface WorkerEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last words on stderr, for the person who asks why. */
  readonly stderr: string;
}

export interface WorkerProcessEvents {
  readonly onFrame: (kind: number, id: number, body: Uint8Array) => void;
  readonly onEnd: (end: WorkerEnd) => void;
}

const PIPE_FD = 3;
const STDERR_TAIL = 400;

/** The child needs to find its libraries; tokens, passwords and NODE_OPTIONS of the parent are not for it. */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SystemRoot',
  // Where the drivers of an accelerator are, and which of several it is to be.
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'XDG_RUNTIME_DIR',
  'CUDA_VISIBLE_DEVICES',
];

/** Small heap: a worker's tensors live outside of it, and a wide young generation only adds resident memory. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=256', '--no-warnings'];

const WORKER = createRequire(import.meta.url).resolve('@hamon/inference/worker');

export interface WorkerProgram {
  /** File of the program, which talks frames on file descriptor 3; the inference worker if left out. */
  readonly program?: string;
  /** Longest frame taken from it; one that announces more is killed. */
  readonly maxAnswerBytes?: number;
}

/** The operating system's side of one worker: spawn, pipe, frames, end. Knows nothing of models. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  /** Absent where the process could not be started at all (no file descriptors left). */
  private readonly pipe: Duplex | undefined;
  private stderr = '';
  private ended = false;

  constructor(
    events: WorkerProcessEvents,
    { program = WORKER, maxAnswerBytes = MAX_ANSWER_BYTES }: WorkerProgram = {},
  ) {
    const env = Object.fromEntries(
      ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    this.child = spawn(process.execPath, [...NODE_FLAGS, program], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env,
    });
    const stdio = this.child.stdio as (unknown[] & ChildProcess['stdio']) | undefined;
    this.pipe = stdio?.[PIPE_FD] as Duplex | undefined;
    const reader = new FrameReader({ maxBodyBytes: maxAnswerBytes, onFrame: events.onFrame });
    this.pipe?.on('data', (piece: Buffer) => {
      try {
        reader.push(piece);
      } catch {
        // A worker that breaks the framing cannot be understood; its end is reported like a crash.
        this.kill();
      }
    });
    // EPIPE and ECONNRESET only foretell the end, which says more.
    this.pipe?.on('error', () => undefined);
    this.child.stderr?.on('data', (piece: Buffer) => {
      this.stderr = (this.stderr + piece.toString('utf8')).slice(-STDERR_TAIL);
    });
    this.child.on('error', (cause) =>
      this.end(events, { exitCode: null, signal: null, stderr: cause.message }),
    );
    // "close" comes after the pipes are drained: a last answer is never lost to an earlier "exit".
    this.child.on('close', (exitCode, signal) =>
      this.end(events, { exitCode, signal, stderr: this.stderr.trim() }),
    );
  }

  /** undefined where the process could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  send(kind: number, id: number, body: Uint8Array): void {
    const { pipe } = this;
    if (this.ended || !pipe || pipe.writableEnded) return;
    pipe.cork();
    pipe.write(encodeHeader(kind, id, body.length));
    if (body.length > 0) pipe.write(body);
    pipe.uncork();
  }

  /** Closes the pipe, upon which the worker leaves after the run that it is in. */
  close(): void {
    this.pipe?.end();
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private end(events: WorkerProcessEvents, end: WorkerEnd): void {
    if (this.ended) return;
    this.ended = true;
    events.onEnd(end);
  }
}
