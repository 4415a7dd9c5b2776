import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enrolDevice } from './device.js';
import type { Platform } from './platform.js';

const AGENT = join(process.cwd(), 'agent/bin/hamon-agent.js');
const RESTART = 75;

/** A device as it stands in a cabinet: its agent, and what starts it again when it asks for that. */
export class Cabinet {
  private child: ChildProcess | undefined;
  private isLeaving = false;
  starts = 0;
  private constructor(
    private readonly state: string,
    private readonly config: string,
  ) {}

  /** @param own of its own file */
  static async open(platform: Platform, own: object): Promise<Cabinet> {
    const { folder } = platform;
    const { token } = await platform.json<{ token: string }>(
      ...['enrol-token', 'create', '--uses', '1', '--ttl', '1h'],
    );
    await enrolDevice(platform.url, token, folder, 'cam-1');
    const config = join(folder, 'agent.json');
    await writeFile(config, JSON.stringify({ http: { port: 0 }, minFreeDiskMb: 0, ...own }));
    const cabinet = new Cabinet(join(folder, 'cam-1'), config);
    cabinet.run();
    return cabinet;
  }

  /** Of its local HTTP, once it answers there. */
  async url(): Promise<string> {
    const look = async () => {
      const text = await readFile(join(this.state, 'agent.json'), 'utf8').catch(() => '{}');
      return JSON.parse(text) as { pid?: number; httpUrl?: string };
    };
    await until(async () => (await look()).pid === this.child?.pid);
    return (await look()).httpUrl ?? '';
  }

  /** Its agent ends in order and begins anew. */
  async restart(): Promise<void> {
    await this.end();
    this.run();
  }

  async close(): Promise<void> {
    this.isLeaving = true;
    await this.end();
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  private run(): void {
    this.starts += 1;
    const args = [AGENT, 'run', '--state', this.state, '--config', this.config];
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, args, { env: { PATH }, stdio: 'ignore' });
    this.child.once('exit', (code) => {
      if (code === RESTART && !this.isLeaving) this.run();
    });
  }
}

export async function until(look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error('did not happen in time');
    await new Promise((go) => setTimeout(go, 200));
  }
}
