import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONTROL_PLANE = join(process.cwd(), 'apps/control-plane/dist/main.js');
const HAMON = join(process.cwd(), 'apps/cli/bin/hamon.js');
const START_TIMEOUT_MS = 240_000;

/** A real control plane in a process of its own, on embedded parts, and `hamon` as a shell would run it. */
export class Platform {
  url = '';
  token = '';
  private child: ChildProcess | undefined;
  private log = '';

  private constructor(readonly folder: string) {}

  static async start(): Promise<Platform> {
    const platform = new Platform(await mkdtemp(join(tmpdir(), 'hamon-cli-platform-')));
    // The embedded PostgreSQL may run as another user, who must be able to walk to its folder.
    await chmod(platform.folder, 0o711);
    await platform.run();
    return platform;
  }

  /** Starts the process, or starts it again where it was. */
  async run(): Promise<void> {
    const { PATH = '' } = process.env;
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const env = { PATH, HAMON_DATA: join(this.folder, 'data'), HAMON_HTTP_PORT: port, HAMON_MQTT_PORT: '0' };
    const child = spawn(process.execPath, [CONTROL_PLANE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => (this.log = (this.log + part.toString()).slice(-20_000)));
    }
    this.child = child;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const text = await readFile(join(this.folder, 'data/server.json'), 'utf8').catch(() => '{}');
      const server = JSON.parse(text) as { pid?: number; httpUrl?: string };
      if (server.pid === child.pid && server.httpUrl !== undefined) {
        this.url = server.httpUrl;
        break;
      }
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`not started: ${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.token = (await readFile(join(this.folder, 'data/admin-token'), 'utf8')).trim();
  }

  /** Ends the process; it may be run again. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async discard(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `hamon` as a process of its own, logged in by the file in this platform's folder. */
  hamon(...args: string[]): RunningCommand {
    const { PATH = '' } = process.env;
    const env = { PATH, HAMON_CONFIG: join(this.folder, 'cli.json') };
    return new RunningCommand(
      spawn(process.execPath, [HAMON, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** The one document that a command answers; fails where the command does. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.hamon(...args, '--json').ended;
    if (code !== 0) throw new Error(`hamon ${args.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class RunningCommand {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => (this.out += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (this.err += part.toString()));
    this.ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      out: this.out,
      err: this.err,
    }));
  }

  /** Waits until it has said this, on stdout or stderr. */
  async says(pattern: RegExp, timeoutMs = 180_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!pattern.test(this.out) && !pattern.test(this.err)) {
      if (Date.now() > deadline || this.child.exitCode !== null) {
        throw new Error(`did not say ${String(pattern)}:\n${this.out}\n${this.err}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
