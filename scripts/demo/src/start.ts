import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startDemoFleet } from './demo-fleet.js';
import { onStopSignals } from '@hamon/content';
import type { DemoDevice } from './fleet.js';
import { CONTROL_PLANE, ROOT } from './root.js';
import { readJsonIfThere, waitFor } from './wait.js';

const MAX_DEMO_DEVICES = 32;

const USAGE = `usage: npm start -- [--demo-fleet N] [--help]

Starts the platform on embedded parts. Data is kept in .hamon/ (or HAMON_DATA).

  --demo-fleet N   also enrol and run N devices that run the example's models (1 to ${MAX_DEMO_DEVICES})
  --help           this text, and every setting
`;

/** The arguments, or the sentence that says what is wrong with them. */
function parseArguments(args: readonly string[]): { help: boolean; devices: number } | string {
  let devices = 0;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--help') return { help: true, devices };
    if (arg !== '--demo-fleet') return `unknown argument "${arg ?? ''}"`;
    devices = Number(args[++i]);
    if (!Number.isInteger(devices) || devices < 1 || devices > MAX_DEMO_DEVICES) {
      return `--demo-fleet must be a whole number from 1 to ${MAX_DEMO_DEVICES}`;
    }
  }
  return { help: false, devices };
}

/** A relative path is relative to where npm was called, not to where it runs this. */
const dataFolder = ({ HAMON_DATA: given, INIT_CWD: from }: NodeJS.ProcessEnv): string =>
  given === undefined ? join(ROOT, '.hamon') : resolve(from ?? process.cwd(), given);

async function main(): Promise<number> {
  const parsed = parseArguments(process.argv.slice(2));
  if (typeof parsed === 'string') {
    process.stderr.write(`start: ${parsed}\n\n${USAGE}`);
    return 2;
  }
  if (parsed.help) process.stdout.write(`${USAGE}\n`);
  const dataDir = dataFolder(process.env);
  await mkdir(dataDir, { recursive: true });
  // A file of an earlier run would be taken for this one's.
  if (!parsed.help) await rm(join(dataDir, 'server.json'), { force: true });
  const controlPlane = spawn(process.execPath, [CONTROL_PLANE, ...(parsed.help ? ['--help'] : [])], {
    stdio: 'inherit',
    env: { ...process.env, HAMON_DATA: dataDir },
    // A group of its own: on Ctrl-C the devices stop first, then the platform.
    detached: true,
  });
  const exit = once(controlPlane, 'exit').then(([code]) => (typeof code === 'number' ? code : 1));
  const stop = new AbortController();
  const devices: DemoDevice[] = [];
  onStopSignals({
    stop: () => stop.abort(),
    force: () => {
      for (const { process: agent } of devices) agent.killGroup();
      // A first or a second signal; at the second it ends at once, and its database with it.
      controlPlane.kill('SIGTERM');
    },
  });
  void exit.then(() => stop.abort());
  if (parsed.help) return exit;

  try {
    await runPlatform(dataDir, parsed.devices, devices, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) {
      process.stderr.write(`start: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  await Promise.all(devices.map(({ process: agent }) => agent.stop()));
  if (controlPlane.exitCode === null) controlPlane.kill('SIGTERM');
  return exit;
}

/** Says how to reach the platform once it is there, starts the devices, and waits for the end. */
async function runPlatform(
  dataDir: string,
  wanted: number,
  devices: DemoDevice[],
  signal: AbortSignal,
): Promise<void> {
  const server = await waitFor('the start', () => readJsonIfThere(join(dataDir, 'server.json')), {
    timeoutMs: 120_000,
    signal,
  });
  const token =
    process.env['HAMON_ADMIN_TOKEN'] ?? (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const httpUrl = String(server['httpUrl']);
  process.stdout.write(
    `\nHamon runs. API ${httpUrl}, MQTT ${String(server['mqttUrl'])}, data in ${dataDir}\n` +
      `  npx --no-install hamon login --server ${httpUrl} --token ${token}\n` +
      `  npx --no-install hamon device ls\n\n`,
  );
  if (wanted > 0) {
    devices.push(...(await startDemoFleet(ROOT, dataDir, { httpUrl, token }, wanted, signal)));
    process.stdout.write(`${wanted} demo devices run and play the example's images\n`);
  }
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}

process.exitCode = await main();
