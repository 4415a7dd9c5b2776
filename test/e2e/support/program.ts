import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const KEPT_OUTPUT = 200_000;

/** A program as a process of its own, the end of its output kept for whoever asks why. */
export class Program {
  private child: ChildProcess | undefined;
  private said = '';

  constructor(
    readonly name: string,
    private readonly command: string,
  ) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get output(): string {
    return this.said;
  }

  /** What it said last, as a test's failure shows it. */
  tail(lines = 30): string {
    const said = this.said.trimEnd().split('\n').slice(-lines).join('\n');
    return `--- ${this.name}${this.isRunning ? '' : ' (not running)'}\n${said}`;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    if (this.isRunning) throw new Error(`${this.name} runs already`);
    const child = spawn(this.command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (piece: Buffer) => {
        this.said = (this.said + piece.toString('utf8')).slice(-KEPT_OUTPUT);
      });
    }
    this.child = child;
  }

  /** Answers the exit code, null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    // Its children may hold the pipes open, so that `close` would come too late.
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}
