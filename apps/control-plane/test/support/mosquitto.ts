import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { eventually } from './eventually.js';

const MOSQUITTO = '/usr/sbin/mosquitto';
/** Why tests with it are skipped, undefined where they are not. */
export const whyNoMosquitto = existsSync(MOSQUITTO)
  ? undefined
  : `there is no ${MOSQUITTO}; install Debian's package "mosquitto"`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Debian's broker in its own folder; nothing is kept over a restart. */
export class Mosquitto {
  #process: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  static async make(configuration: readonly string[]): Promise<Mosquitto> {
    const folder = await mkdtemp(join(tmpdir(), 'hamon-mosquitto-'));
    // Started as root it continues as its own user, who must be able to read.
    await chmod(folder, 0o755);
    const broker = new Mosquitto(folder, await freePort());
    const lines = [`listener ${broker.port} 127.0.0.1`, 'persistence false', ...configuration];
    await writeFile(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    return broker;
  }

  async start(): Promise<void> {
    this.#process = spawn(MOSQUITTO, ['-c', join(this.folder, 'mosquitto.conf')], { stdio: 'ignore' });
    await eventually('mosquitto to listen', async () => {
      const socket = await new Promise<boolean>((resolve) => {
        const probe = mqtt.connect(`mqtt://127.0.0.1:${this.port}`, { reconnectPeriod: 0 });
        probe.stream.once('connect', () => (resolve(true), probe.end(true)));
        probe.on('error', () => (resolve(false), probe.end(true)));
      });
      return socket;
    });
  }

  /** Reads password and access files again. */
  reload(): void {
    this.#process?.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null) return;
    const over = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await over;
  }

  async discard(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
