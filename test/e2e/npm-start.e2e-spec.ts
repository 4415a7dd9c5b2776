import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isProcessAlive, readFileIfThere } from '@hamon/content';
import { ROOT } from './support/root.js';
import { until } from './support/until.js';

interface Server {
  readonly pid: number;
  readonly httpUrl: string;
}
interface Npm {
  readonly child: ChildProcess;
  readonly output: () => string;
}

let folder: string;
let data: string;
const npms: Npm[] = [];
/** Every process that was seen: none of them may stay. */
const seen: number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-npm-'));
  await chmod(folder, 0o711);
  data = join(folder, 'data');
});
afterEach(() => {
  for (const pid of seen.splice(0)) if (isProcessAlive(pid)) process.kill(pid, 'SIGKILL');
  for (const { child } of npms.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** npm as a person starts it: nothing of the npm that runs this test is handed on. */
function npm(args: readonly string[], env: Record<string, string> = {}): Npm {
  const child = spawn('npm', args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (text += String(part)));
  const started = { child, output: () => text };
  npms.push(started);
  return started;
}

const ended = async ({ child }: Npm): Promise<number | string | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
};

async function startPlatform(): Promise<Npm & { server: Server; token: string }> {
  const env = { HAMON_DATA: data, HAMON_HTTP_PORT: '0', HAMON_MQTT_PORT: '0' };
  const started = npm(['start'], env);
  const server = await until(
    'the platform is ready',
    async () => {
      if (started.child.exitCode !== null) throw new Error(started.output());
      const text = await readFileIfThere(join(data, 'server.json'));
      const told = text === undefined ? undefined : (JSON.parse(text) as Server);
      return told !== undefined && isProcessAlive(told.pid) && told;
    },
    { timeoutMs: 180_000, context: started.output },
  );
  const postmaster = await readFile(join(data, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  seen.push(server.pid, Number(postmaster.split('\n')[0]));
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
  return { ...started, server, token };
}

const allGone = (what: Npm): Promise<unknown> =>
  until('every process ended', () => !seen.some(isProcessAlive), {
    timeoutMs: 120_000,
    context: what.output,
  });

/** The control plane removes it when it stops in order, and only then. */
const stoppedInOrder = async (): Promise<boolean> =>
  (await readFileIfThere(join(data, 'server.json'))) === undefined;

describe('"npm start"', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'passes a %s to npm on, and everything ends in order',
    async (signal) => {
      const platform = await startPlatform();
      platform.child.kill(signal);
      expect(await ended(platform)).toBe(0);
      await allGone(platform);
      expect(await stoppedInOrder()).toBe(true);
    },
  );

  it('takes an interrupt from the terminal, which everybody hears, for one', async () => {
    const platform = await startPlatform();
    process.kill(-(platform.child.pid ?? 0), 'SIGINT');
    await ended(platform);
    await allGone(platform);
    expect(await stoppedInOrder()).toBe(true);
  });

  it('leaves nothing running when npm itself is killed', async () => {
    const platform = await startPlatform();
    platform.child.kill('SIGKILL');
    await ended(platform);
    await allGone(platform);
    expect(await stoppedInOrder()).toBe(true);
  });
});

describe('an agent that npm started', () => {
  const state = (): string => join(folder, 'state');
  let platform: Npm & { server: Server; token: string };
  let parts: number[];

  beforeAll(async () => {
    platform = await startPlatform();
    // It outlives the single test.
    npms.splice(0);
    parts = seen.splice(0);
    const { server, token } = platform;
    const answer = await fetch(`${server.httpUrl}/v1/enrolment-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ uses: 1, ttlSeconds: 600 }),
    });
    const made = (await answer.json()) as { token: string };
    const args = ['--server', server.httpUrl, '--token', made.token, '--state', state()];
    await promisify(execFile)(process.execPath, [join(ROOT, 'agent/bin/hamon-agent.js'), 'enrol', ...args]);
  });
  afterAll(async () => {
    platform.child.kill('SIGTERM');
    await ended(platform);
    for (const pid of parts) if (isProcessAlive(pid)) process.kill(pid, 'SIGKILL');
  });

  /** It has its state folder, and has said so. */
  async function startAgent(args: readonly string[]): Promise<Npm & { pid: number }> {
    const config = join(folder, 'agent.json');
    await writeFile(config, '{"http": {"port": 0}}');
    const started = npm([...args, 'run', '--state', state(), '--config', config]);
    const pid = await until(
      'the agent runs',
      async () => {
        if (started.child.exitCode !== null) throw new Error(started.output());
        const holder = started.output().includes('{') ? await readlink(join(state(), 'lock')) : '';
        return holder !== '' && Number(holder.split('.')[0]);
      },
      { context: started.output },
    );
    seen.push(pid);
    return { ...started, pid };
  }

  const SCRIPT = ['run', '--silent', 'agent', '--'];
  /** What npx does. */
  const EXEC = ['exec', '--no', '--', 'hamon-agent'];
  it.each([
    ['npm run agent', SCRIPT, 'SIGTERM', 0],
    ['npm run agent', SCRIPT, 'SIGINT', 0],
    // The shell that npm puts between ends without passing it on.
    ['npx', EXEC, 'SIGTERM', 'SIGTERM'],
  ] as const)('by "%s" %j ends in order on %s', async (_, args, signal, code) => {
    const agent = await startAgent(args);
    agent.child.kill(signal);
    expect(`${await ended(agent)}\n${agent.output()}`).toMatch(new RegExp(`^${code}\\n`));
    await until('the agent ended', () => !isProcessAlive(agent.pid), { context: agent.output });
    expect(agent.output()).toContain('"stopping"');
  });
});
