import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A process of ours with its output in a log file; it ends before the demo does. */
export class ManagedProcess {
  private readonly child: ChildProcess;
  private stopping = false;

  constructor(
    readonly name: string,
    script: string,
    args: readonly string[],
    readonly logPath: string,
    env: NodeJS.ProcessEnv,
    onUnexpectedExit: (message: string) => void,
  ) {
    const log = openSync(logPath, 'a');
    // A group of its own: Ctrl-C reaches the demo alone, which then stops its parts in order.
    this.child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      detached: true,
    });
    closeSync(log);
    this.child.once('exit', (code, signal) => {
      if (!this.stopping) {
        onUnexpectedExit(`${name} ended by itself (${signal ?? `exit code ${code}`})\n${this.logTail()}`);
      }
    });
  }

  get exited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  logTail(lines = 15): string {
    return readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** SIGTERM, then SIGKILL to the whole group when it has not ended in time. */
  async stop(graceMs = 15_000): Promise<void> {
    this.stopping = true;
    if (this.exited) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.killGroup(), graceMs);
    await exit;
    clearTimeout(timer);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  killGroup(): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
    }
  }
}
