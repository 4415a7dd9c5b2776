import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../free-port.js';
import type { Certificates } from './certificates.js';

const run = promisify(execFile);

const PROGRAM = '/usr/sbin/mosquitto';
const START_MS = 120_000;

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
    /** Where the control planes connect: a listener of their own, or the same. */
    readonly controlPlanePort = port,
  ) {}

  static async make(listener: readonly string[]): Promise<Mosquitto> {
    const broker = new Mosquitto(await makeFolder(), await freePort());
    await broker.configure([`listener ${broker.port} 127.0.0.1`, ...listener]);
    return broker;
  }

  /** A plant's broker that lets everybody in. */
  static open(): Promise<Mosquitto> {
    return Mosquitto.make(['allow_anonymous true']);
  }

  /** A plant's broker that lets one user in, over TLS where certificates are given. */
  static async guarded(user: string, password: string, certificates?: Certificates): Promise<Mosquitto> {
    const folder = await makeFolder();
    const passwords = join(folder, 'passwd');
    await run('/usr/bin/mosquitto_passwd', ['-b', '-c', passwords, user, password]);
    await chmod(passwords, 0o644);
    const broker = new Mosquitto(folder, await freePort());
    await broker.configure([
      `listener ${broker.port} 127.0.0.1`,
      ...['allow_anonymous false', `password_file ${passwords}`],
      ...(certificates
        ? [`certfile ${certificates.certificate}`, `keyfile ${certificates.key}`, `cafile ${certificates.ca}`]
        : []),
    ]);
    return broker;
  }

  /** As docs/OPERATING.md has it configured for one control plane. */
  static withFilesOf(dataDir: string): Promise<Mosquitto> {
    return Mosquitto.make([...devicesListener(dataDir), 'max_packet_size 262144']);
  }

  /** As docs/OPERATING.md has it configured for replicas; `dataDir` is that of the one whose files it reads. */
  static async withFilesOfReplica(dataDir: string): Promise<Mosquitto> {
    const broker = new Mosquitto(await makeFolder(), await freePort(), await freePort());
    await broker.configure([
      'per_listener_settings true',
      'max_packet_size 262144',
      `listener ${broker.port} 127.0.0.1`,
      ...devicesListener(dataDir),
      `listener ${broker.controlPlanePort} 127.0.0.1`,
      ...protectedBy(dataDir, 'passwd.control-plane'),
    ]);
    return broker;
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
    while (!(await isListening(this.port)) || !(await isListening(this.controlPlanePort))) {
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

  /** It goes on to listen and answers nothing. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
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

  private configure(lines: readonly string[]): Promise<void> {
    return writeFile(this.configuration, `${['persistence false', ...lines].join('\n')}\n`);
  }

  private get configuration(): string {
    return join(this.folder, 'mosquitto.conf');
  }
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-mosquitto-'));
  // Started as root it goes on as a user of its own, who must be able to read.
  await chmod(folder, 0o755);
  return folder;
}

const protectedBy = (dataDir: string, passwords: string): string[] => [
  'allow_anonymous false',
  `password_file ${join(dataDir, 'mosquitto', passwords)}`,
  `acl_file ${join(dataDir, 'mosquitto', 'acl')}`,
];

const devicesListener = (dataDir: string): string[] => [
  'use_username_as_clientid true',
  ...protectedBy(dataDir, 'passwd'),
];

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
