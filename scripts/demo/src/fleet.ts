import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ManagedProcess } from './managed-process.js';
import { ROOT } from './root.js';
import { readJsonIfThere, waitFor } from './wait.js';

const run = promisify(execFile);
const AGENT = join(ROOT, 'agent/bin/hamon-agent.js');

export interface DemoDevice {
  readonly id: string;
  readonly process: ManagedProcess;
  readonly httpUrl: string;
}

/** Images in a loop for one model; the stream has the model's name. */
export interface PlayedImages {
  readonly model: string;
  readonly images: string;
  readonly framesPerSecond: number;
}

export interface FleetOptions {
  readonly dataDir: string;
  readonly serverUrl: string;
  readonly enrolmentToken: string;
  readonly devices: number;
  readonly plays: readonly PlayedImages[];
  readonly onUnexpectedExit: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Enrols and starts the devices, each an agent process with a folder of its own and its own order of the images. */
export function startFleet(options: FleetOptions): Promise<DemoDevice[]> {
  return Promise.all(Array.from({ length: options.devices }, (_, i) => startDevice(i + 1, options)));
}

const startDevice = (number: number, { plays, ...options }: FleetOptions): Promise<DemoDevice> =>
  startAgent({
    ...options,
    id: `camera-${String(number).padStart(2, '0')}`,
    config: agentConfig(number, plays),
  });

export interface AgentOptions extends Omit<FleetOptions, 'devices' | 'plays'> {
  readonly id: string;
  /** What stands in its `agent.json`. */
  readonly config: object;
  readonly env?: NodeJS.ProcessEnv;
}

/** Enrols and starts one device. */
export async function startAgent(options: AgentOptions): Promise<DemoDevice> {
  const { id, env = {} } = options;
  const state = join(options.dataDir, 'devices', id);
  const config = join(options.dataDir, `${id}.json`);
  await mkdir(join(options.dataDir, 'devices'), { recursive: true });
  await writeFile(config, JSON.stringify(options.config));
  // A device that enrolled at an earlier start keeps its key and its place; the token is then not used.
  const enrol = ['enrol', '--server', options.serverUrl, '--token', options.enrolmentToken, '--state', state];
  await run(process.execPath, [AGENT, ...enrol, '--name', id, '--insecure'], { signal: options.signal });
  const agent = new ManagedProcess(
    id,
    AGENT,
    ['run', '--state', state, '--config', config],
    join(options.dataDir, `${id}.log`),
    env,
    options.onUnexpectedExit,
  );
  const ready = await waitFor(`the start of ${id}`, () => readJsonIfThere(join(state, 'agent.json')), {
    timeoutMs: 60_000,
    signal: options.signal,
  });
  return { id, process: agent, httpUrl: String(ready['httpUrl']) };
}

const agentConfig = (number: number, plays: readonly PlayedImages[]): object => ({
  streams: plays.map(({ model, images, framesPerSecond }) => ({
    name: model,
    model,
    framesPerSecond,
    source: { kind: 'directory', path: images, shuffleSeed: number },
  })),
  http: { host: '127.0.0.1', port: 0 },
  // The platform is of this machine, whichever of its addresses it listens on.
  insecure: true,
});
