import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PROGRAM = '/usr/sbin/mosquitto';
const START_MS = 20_000;

/** What a skipped test says; undefined where Mosquitto is there. */
export const whyNoMosquitto = existsSync(PROGRAM)
  ? undefined
  : `there is no ${PROGRAM}; install Debian's package "mosquitto"`;

/** An operator's Mosquitto in a folder of its own; it forgets everything when it stops. */
export class Mosquitto {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async make(configuration: readonly string[]): Promise<Mosquitto> {
    const folder = await mkdtemp(join(tmpdir(), 'hamon-mosquitto-'));
    // Started as root it goes on as a user of its own, who must be able to read.
    await chmod(folder, 0o755);
    const broker = new Mosquitto(folder, await freePort());
    const lines = [`listener ${broker.port} 127.0.0.1`, 'persistence false', ...configuration];
    await writeFile(broker.configuration, `${lines.join('\n')}\n`);
    return broker;
  }

  /** As docs/OPERATING.md has it configured. */
  static withFilesOf(dataDir: string): Promise<Mosquitto> {
    const files = join(dataDir, 'mosquitto');
    return Mosquitto.make([
      'allow_anonymous false',
      `password_file ${join(files, 'passwd')}`,
      `acl_file ${join(files, 'acl')}`,
      'max_packet_size 262144',
    ]);
  }

  async start(): Promise<void> {
    const child = spawn(PROGRAM, ['-c', this.configuration], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on(
        'data',
        (piece: Buffer) => (this.output = (this.output + piece.toString('utf8')).slice(-10_000)),
      );
    }
    const deadline = performance.now() + START_MS;
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`mosquitto does not listen\n${this.output}`);
      }
      await delay(25);
    }
  }

  /** Reads passwords and rules again. */
  reload(): void {
    this.child?.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }

  async discard(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get configuration(): string {
    return join(this.folder, 'mosquitto.conf');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
