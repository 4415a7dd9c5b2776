import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ModelReport } from '@hamon/contracts';
import { z } from 'zod';
import { Program } from './program.js';
import { EXAMPLE, ROOT } from './root.js';
import { until } from './until.js';

const AGENT = join(ROOT, 'agent/bin/hamon-agent.js');
const count = z.int().min(0);
const worker = z.int().nullable();

/** The part of `GET /v1/status` that tests look at. */
const Status = z.object({
  connected: z.boolean(),
  shutOut: z.string().nullable(),
  slots: ModelReport.shape.slots,
  deployment: ModelReport.shape.deployment,
  highestSequence: z.int().nullable(),
  frames: z.object({
    accepted: count,
    answered: count,
    failed: count,
    rejected: count,
    fallbacks: z.record(z.string(), count),
  }),
  workers: z.object({ current: worker, previous: worker, candidate: worker }),
});
export type Status = z.infer<typeof Status>;

/** The part of the agent's own `state.json` that tests look at. */
const Deployment = z.object({ state: z.string(), attempts: count }).nullable();
const State = z.object({ models: z.record(z.string(), z.object({ deployment: Deployment })) });

export interface DeviceOptions {
  readonly id: string;
  /** Where its state, configuration and results go. */
  readonly folder: string;
  /** Of the broker, where it is not reached directly. */
  readonly mqttUrl?: string;
  readonly framesPerSecond?: number;
  /** Cores that it sees, the first ones of this machine; all of them if left out. Needs `taskset`. */
  readonly cores?: number;
}

/** One device: a real agent process that plays the example's images, restarted on the same state. */
export class Device {
  readonly id: string;
  readonly program: Program;
  private starts = 0;
  private enrolment = '';

  constructor(private readonly options: DeviceOptions) {
    this.id = options.id;
    this.program = new Program(options.id, this.command[0] as string);
  }

  get stateFolder(): string {
    return join(this.options.folder, this.id);
  }

  async enrol(serverUrl: string, token: string): Promise<void> {
    const args = ['enrol', '--server', serverUrl, '--token', token, '--state', this.stateFolder];
    const [command = '', ...before] = this.command;
    const { stdout } = await promisify(execFile)(command, [...before, AGENT, ...args, '--name', this.id]);
    this.enrolment = stdout;
  }

  async start(): Promise<void> {
    const { framesPerSecond = 20, mqttUrl } = this.options;
    this.starts += 1;
    await mkdir(this.options.folder, { recursive: true });
    const config = join(this.options.folder, `${this.id}.json`);
    await writeFile(
      config,
      JSON.stringify({
        source: { kind: 'directory', path: join(EXAMPLE, 'images/line'), framesPerSecond, shuffleSeed: 7 },
        sinks: [{ kind: 'jsonl', path: this.resultsFile }],
        http: { port: 0 },
        minFreeDiskMb: 0,
        ...(mqttUrl !== undefined && { mqttUrl }),
      }),
    );
    this.program.start([
      ...this.command.slice(1),
      AGENT,
      'run',
      '--state',
      this.stateFolder,
      '--config',
      config,
    ]);
    await until(
      `${this.id} is ready`,
      async () => {
        if (!this.program.isRunning) throw new Error(await this.whyEnded());
        return (await this.running())?.pid === this.program.pid;
      },
      { context: () => this.program.tail() },
    );
  }

  kill = (): Promise<number | null> => this.program.end('SIGKILL');

  stop = (): Promise<number | null> => this.program.end('SIGTERM');

  async status(): Promise<Status> {
    const { httpUrl } = (await this.running()) ?? {};
    const answer = await fetch(`${httpUrl}/v1/status`, { signal: AbortSignal.timeout(60_000) });
    return Status.parse(await answer.json());
  }

  /** The deployment of its one model as the disk has it; an agent that is killed now goes on from there. */
  async deployment(): Promise<z.infer<typeof Deployment>> {
    const text = await readFile(join(this.stateFolder, 'state.json'), 'utf8').catch(() => '');
    const models = text === '' ? {} : State.parse(JSON.parse(text)).models;
    return Object.values(models)[0]?.deployment ?? null;
  }

  /** Waits for the status to show something, and answers it. */
  until(what: string, holds: (status: Status) => boolean, timeoutMs = 180_000): Promise<Status> {
    let seen: Status | undefined;
    const probe = async (): Promise<Status | false> => {
      seen = await this.status();
      return holds(seen) && seen;
    };
    const context = (): string => `${JSON.stringify(seen, null, 1)}\n${this.program.tail()}`;
    return until(`${this.id}: ${what}`, probe, { timeoutMs, context });
  }

  runs = (version: string): Promise<Status> =>
    this.until(`it runs ${version} for good`, ({ slots, deployment }) => {
      return slots.current?.version === version && deployment?.state === 'committed';
    });

  /** Frames are answered now, not only at some time before. */
  async answersOn(): Promise<void> {
    const { frames } = await this.status();
    await this.until('further frames are answered', (now) => now.frames.answered > frames.answered);
  }

  /** Between two frames every accepted one must have had its one result. */
  settledFrames = async (): Promise<Status['frames']> =>
    (
      await this.until(
        'every accepted frame has its result',
        ({ frames: { accepted, answered, failed } }) => accepted === answered + failed,
      )
    ).frames;

  /** What the process that was started last has written, a line a frame. */
  async results(): Promise<z.infer<typeof Result>[]> {
    const text = await readFile(this.resultsFile, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Result.parse(JSON.parse(line)));
  }

  /** `taskset` becomes the agent, under the same process id. */
  private get command(): readonly string[] {
    const { cores } = this.options;
    return cores === undefined
      ? [process.execPath]
      : ['taskset', '--cpu-list', `0-${cores - 1}`, process.execPath];
  }

  private get resultsFile(): string {
    return join(this.options.folder, `${this.id}-${this.starts}.jsonl`);
  }

  private async whyEnded(): Promise<string> {
    const held = await readdir(this.stateFolder).catch(String);
    return `the agent ended\n${this.program.tail()}\nit was enrolled with: ${this.enrolment}\nit holds: ${held}`;
  }

  private async running(): Promise<{ pid: number; httpUrl: string } | undefined> {
    const text = await readFile(join(this.stateFolder, 'agent.json'), 'utf8').catch(() => '');
    return text === '' ? undefined : JSON.parse(text);
  }
}

const Result = z.object({
  result: z.object({ version: z.string(), source: z.enum(['edge', 'cloud']) }).optional(),
  error: z.object({ code: z.string() }).optional(),
});
