import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { childEnvironment } from './child-environment.js';
import { LastLines } from './last-lines.js';
import { socketPair, type ByteReader } from './socket-pair.js';

export interface FrameProgramOptions {
  /** An absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** All that it reads on its standard input. */
  readonly input?: string;
  /** Takes its standard output. */
  readonly reader: ByteReader;
  /** Where its socket may be for a moment if the system has no room for temporary files. */
  readonly spareFolder: string;
  /** Each line that it writes beside its frames. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote last beside its frames. */
  readonly lines: readonly string[];
  /** It did not even start. */
  readonly startFailure?: string;
}

const KEPT_LINES = 40;
const TERMINATION_MS = 1500;
/** What it wrote before its end is read within this. */
const REMAINDER_MS = 1000;
/** Ends its program when its parent dies, however it dies; part of util-linux. */
const SETPRIV = '/usr/bin/setpriv';
const canFollow = process.platform === 'linux' && existsSync(SETPRIV);

/**
 * A foreign program that writes frames on its standard output, in a process group of its own: what it started ends with it,
 * unless that left the group. It is killed with the agent where the system can do so; elsewhere its next write fails.
 */
export class FrameProgram {
  /** Settles when it has ended and what it wrote has been read. */
  readonly ended: Promise<ProgramEnd>;
  private killTimer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly output: Socket,
    lines: LastLines,
  ) {
    this.ended = this.wait(lines);
  }

  static async start(options: FrameProgramOptions): Promise<FrameProgram> {
    const { input, reader, spareFolder, onLine } = options;
    const { ours, theirs } = await socketPair(reader, spareFolder);
    const child = launch(options, theirs, () => ours.destroy());
    theirs.destroy();
    child.stdin?.on('error', () => undefined).end(input);
    const lines = new LastLines(KEPT_LINES, onLine);
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => lines.add(piece));
    return new FrameProgram(child, ours, lines);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asked first, then killed; settles when it is gone. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    this.killTimer ??= setTimeout(() => this.signal('SIGKILL'), TERMINATION_MS);
    await this.ended;
  }

  /** One that hangs on a device or a network does not hear a polite request. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  private async wait(lines: LastLines): Promise<ProgramEnd> {
    const { child, output } = this;
    const outputClosed = closing(output);
    const messagesClosed = closing(child.stderr);
    const startFailure = await new Promise<string | undefined>((resolve) => {
      child.once('exit', () => resolve(undefined));
      child.on('error', ({ message }) => child.pid === undefined && resolve(message));
    });
    clearTimeout(this.killTimer);
    // What it started may still hold its output, and would hold it for ever.
    this.signal('SIGKILL');
    // One that made itself a session of its own is in no group that could be killed.
    const leftBehind = setTimeout(() => {
      for (const pipe of [output, child.stderr, child.stdin]) pipe?.destroy();
    }, REMAINDER_MS);
    await Promise.all([outputClosed, messagesClosed]);
    clearTimeout(leftBehind);
    lines.end();
    const { exitCode: code, signalCode: signal } = child;
    return { code, signal, lines: lines.lines, ...(startFailure !== undefined && { startFailure }) };
  }

  private signal(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Gone, with all that it started.
    }
  }
}

async function closing(pipe: Readable | null): Promise<void> {
  if (pipe && !pipe.closed) await new Promise<void>((resolve) => pipe.once('close', () => resolve()));
}

function launch(
  { program, args, environment, input }: FrameProgramOptions,
  output: Socket,
  giveUp: () => void,
): ChildProcess {
  const followed = ['--pdeathsig', 'KILL', '--', program, ...args];
  try {
    return spawn(canFollow ? SETPRIV : program, canFollow ? followed : args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', output, 'pipe'],
      env: childEnvironment(environment),
      detached: true,
    });
  } catch (cause) {
    // No memory, or arguments that no process can be given.
    output.destroy();
    giveUp();
    throw cause;
  }
}
