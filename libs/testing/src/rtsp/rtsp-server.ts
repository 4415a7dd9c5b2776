import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.js';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../../rtsp/rtsp-server.py', import.meta.url));
const START_MS = 120_000;

/** What a skipped test says; undefined where GStreamer's RTSP server is there. */
export const whyNoRtspServer =
  existsSync(PYTHON) && existsSync('/usr/lib/python3/dist-packages/gi') && hasTypelib()
    ? undefined
    : 'there is no RTSP server; install Debian\'s packages "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad"';

export interface RtspStream {
  /** An elementary stream, see `encodeVideo`. */
  readonly file: string;
  readonly framesPerSecond: number;
  readonly codec?: 'h264' | 'h265';
  /** Says of each frame when it is sent. */
  readonly tell?: boolean;
}

export interface RtspServerOptions {
  /** By path, such as `/cam`. */
  readonly streams: Readonly<Record<string, RtspStream>>;
  readonly user?: string;
  readonly password?: string;
  /** Instead of Basic. */
  readonly digest?: boolean;
  readonly port?: number;
  readonly address?: string;
  /** Put before the program: into a network namespace, say. */
  readonly prefix?: readonly string[];
}

/** A frame that left the server; `at` in milliseconds of the machine's monotonic clock. */
export interface SentFrame {
  readonly path: string;
  readonly number: number;
  readonly at: number;
}

/** A network camera: a real RTSP server that can be killed, stalled and started again. */
export class RtspServer {
  private child: ChildProcess | undefined;
  private said = '';

  private constructor(
    private readonly options: RtspServerOptions,
    readonly port: number,
    private readonly onSent: (frame: SentFrame) => void,
  ) {}

  static async start(
    options: RtspServerOptions,
    onSent: (frame: SentFrame) => void = () => undefined,
  ): Promise<RtspServer> {
    const server = new RtspServer(options, options.port ?? (await freePort()), onSent);
    await server.start();
    return server;
  }

  url(path: string): string {
    return `rtsp://${this.options.address ?? '127.0.0.1'}:${this.port}${path}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** On the same port as before, perhaps with other streams. */
  async start(streams = this.options.streams): Promise<void> {
    const { prefix = [], ...options } = this.options;
    const json = JSON.stringify({ ...options, streams, port: this.port });
    const [program, ...args] = [...prefix, PYTHON, SCRIPT, json];
    const child = spawn(program ?? PYTHON, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    this.said = '';
    child.stderr.on('data', (piece: Buffer) => {
      this.said = (this.said + piece.toString('utf8')).slice(-10_000);
    });
    child.stdin.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`the RTSP server ${why}\n${this.said}`));
      const timer = setTimeout(() => fail('does not listen'), START_MS);
      child.once('exit', (code) => fail(`ended with code ${code}`));
      createInterface(child.stdout).on('line', (line) => {
        const told = JSON.parse(line) as { listening?: number; sent: number; path: string; at: number };
        if (told.listening === undefined) {
          this.onSent({ path: told.path, number: told.sent, at: told.at * 1000 });
          return;
        }
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Connections stay, and nothing comes over them. */
  stall(path: string): void {
    this.child?.stdin?.write(`stall ${path}\n`);
  }

  resume(path: string): void {
    this.child?.stdin?.write(`resume ${path}\n`);
  }

  /** Every viewer loses its connection. */
  drop(): void {
    this.child?.stdin?.write('drop\n');
  }

  /** As a camera ends that is pulled out. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

function hasTypelib(): boolean {
  return ['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].some((folder) => {
    const typelibs = `${folder}/girepository-1.0`;
    return existsSync(typelibs) && readdirSync(typelibs).includes('GstRtspServer-1.0.typelib');
  });
}
