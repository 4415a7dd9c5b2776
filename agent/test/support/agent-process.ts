import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Identity } from '../../src/adapters/identity.js';
import type { AgentStatus } from '../../src/agent-status.js';
import type { BenchmarkRecord } from '../../src/core/benchmark-record.js';
import type { DeviceState } from '../../src/core/device-state.js';
import { EMPTY_MODEL, type ModelState } from '../../src/core/model-state.js';
import { until } from './until.js';

const PROGRAM = fileURLToPath(new URL('../../bin/hamon-agent.js', import.meta.url));

/** A real agent as its own process, built `dist/`. */
export class AgentProcess {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    readonly stateFolder: string,
    private config: Record<string, unknown> = {},
    private readonly env: Record<string, string> = {},
    private readonly program = PROGRAM,
  ) {}

  /** Runs a command to its end. */
  static async call(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH: process.env['PATH'] } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString('utf8')));
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString('utf8')));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }

  get log(): string {
    return this.output;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const child = await this.spawn();
    await until(`agent ${this.stateFolder} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`the agent ended: ${this.output}`);
      const ready = JSON.parse(
        await readFile(join(this.stateFolder, 'agent.json'), 'utf8').catch(() => '{}'),
      );
      return ready.pid === child.pid;
    });
  }

  /** Where no file can get a single byte; answers the address, which cannot be read from a file then. */
  async startOnFullDisk(): Promise<string> {
    const child = await this.spawn(['sh', '-c', 'ulimit -f 0; exec "$0" "$@"']);
    const url = (): string | undefined => /"http":"([^"]+)"/.exec(this.output)?.[1];
    await until(`agent ${this.stateFolder} is ready`, () => {
      if (child.exitCode !== null) throw new Error(`the agent ended: ${this.output}`);
      return url() !== undefined;
    });
    return url() ?? '';
  }

  private async spawn(wrapper: readonly string[] = []): Promise<ChildProcess> {
    await mkdir(this.stateFolder, { recursive: true });
    const file = join(this.stateFolder, 'config.json');
    await writeFile(file, JSON.stringify({ http: { port: 0 }, minFreeDiskMb: 0, ...this.config }));
    const args = [this.program, 'run', '--state', this.stateFolder, '--config', file];
    const [command = '', ...rest] = [...wrapper, process.execPath, ...args];
    const child = spawn(command, rest, { env: { PATH: process.env['PATH'], ...this.env } });
    this.child = child;
    this.output = '';
    const take = (piece: Buffer): void => {
      this.output = (this.output + piece.toString('utf8')).slice(-200_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    return child;
  }

  async status(): Promise<Required<AgentStatus>> {
    const { httpUrl } = JSON.parse(await readFile(join(this.stateFolder, 'agent.json'), 'utf8'));
    return (await (await fetch(`${httpUrl}/v1/status`)).json()) as Required<AgentStatus>;
  }

  async httpUrl(): Promise<string> {
    return JSON.parse(await readFile(join(this.stateFolder, 'agent.json'), 'utf8')).httpUrl;
  }

  async deviceState(): Promise<DeviceState> {
    return JSON.parse(await readFile(join(this.stateFolder, 'state.json'), 'utf8'));
  }

  /** Of one model. */
  async state(model = 'tiny'): Promise<ModelState & Pick<DeviceState, 'timeFloor'>> {
    const state = await this.deviceState();
    return { ...(state.models[model] ?? EMPTY_MODEL), timeFloor: state.timeFloor };
  }

  async identity(): Promise<Identity> {
    return JSON.parse(await readFile(join(this.stateFolder, 'identity.json'), 'utf8'));
  }

  async benchmark(): Promise<BenchmarkRecord> {
    const text = await readFile(join(this.stateFolder, 'benchmark.json'), 'utf8').catch(() => '{}');
    return JSON.parse(text);
  }

  /** Starts with a configuration changed by this. */
  restart(config: Record<string, unknown>): Promise<void> {
    this.config = { ...this.config, ...config };
    return this.start();
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill(signal);
    return ended;
  }

  kill = (): Promise<number | null> => this.signal('SIGKILL');

  /** Ends by itself. */
  ended(): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null) return Promise.resolve(child?.exitCode ?? null);
    return new Promise((resolve) => child.once('close', resolve));
  }

  stop = (): Promise<number | null> => this.signal('SIGTERM');
}
