import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { access, chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isProcessAlive } from '@hamon/content';
import { stopServerOf } from '../src/platform/postgres/embedded-postgres.js';
import { readPostmasterPid } from '../src/platform/postgres/postmaster-pid.js';
import { eventually } from './support/eventually.js';

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');

interface Server {
  readonly pid: number;
  readonly httpUrl: string;
  readonly mqttUrl: string;
}

let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-main-'));
  await chmod(folder, 0o711);
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  const data = join(folder, 'postgres', 'data');
  await stopServerOf(data).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

/** The built program, as an operator starts it. */
function run(
  args: readonly string[] = [],
  env: Record<string, string> = {},
  cwd?: string,
): ChildProcess & { output: () => string } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HAMON_DATA: folder,
      HAMON_HTTP_PORT: '0',
      HAMON_MQTT_PORT: '0',
      ...env,
    },
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (text += part.toString()));
  return Object.assign(child, { output: () => text });
}

async function ready(child: ReturnType<typeof run>, below = '.'): Promise<Server> {
  for (const deadline = Date.now() + 180_000; Date.now() < deadline;) {
    const text = await readFile(join(folder, below, 'server.json'), 'utf8').catch(() => undefined);
    const server = text === undefined ? undefined : (JSON.parse(text) as Server);
    if (server?.pid === child.pid) return server as Server;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not ready: ${child.output()}`);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

const databasePid = async (): Promise<number> =>
  (await readPostmasterPid(join(folder, 'postgres', 'data')))?.pid ?? 0;

async function createModel(server: Server, name: string, below = '.'): Promise<number> {
  const token = (await readFile(join(folder, below, 'admin-token'), 'utf8')).trim();
  const answer = await fetch(`${server.httpUrl}/v1/models`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, task: 'classification' }),
  });
  return answer.status;
}

describe('the control plane as a process', () => {
  test('comes up by itself, keeps its secrets, and stops without leaving a process', async () => {
    const child = run();
    const server = await ready(child);
    expect(server).toMatchObject({
      schema: 'hamon.server/1',
      mqttUrl: expect.stringMatching(/^mqtt:\/\/127/),
    });
    expect(await (await fetch(`${server.httpUrl}/readyz`)).json()).toMatchObject({ status: 'ok' });
    expect(await createModel(server, 'kept')).toBe(201);
    expect((await stat(join(folder, 'admin-token'))).mode & 0o777).toBe(0o600);
    const database = await databasePid();

    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
    expect(isProcessAlive(database)).toBe(false);
    await expect(access(join(folder, 'server.json'))).rejects.toThrow(/ENOENT/);
    expect(child.output()).not.toContain((await readFile(join(folder, 'admin-token'), 'utf8')).trim());
  });

  test('killed and started again goes on where it was', async () => {
    const first = run();
    const before = await ready(first);
    expect(await createModel(before, 'kept')).toBe(201);
    const database = await databasePid();
    first.kill('SIGKILL');
    await ended(first);
    // The database has outlived it, which must not stop the next start.
    expect(isProcessAlive(database)).toBe(true);

    const second = run();
    const after = await ready(second);
    expect(await databasePid()).toBe(database);
    expect(await createModel(after, 'kept')).toBe(409);
    second.kill('SIGTERM');
    expect(await ended(second)).toBe(0);
    expect(isProcessAlive(database)).toBe(false);
  });

  test('refuses to start a second time on its folder, which leaves the first one alone', async () => {
    const first = run();
    const server = await ready(first);
    const second = run();
    expect(await ended(second)).toBe(1);
    expect(second.output()).toContain(`another control plane (process ${first.pid}) uses ${folder}`);
    expect(await createModel(server, 'undisturbed')).toBe(201);
  });

  test('ends with its database instead of answering only errors', async () => {
    const child = run();
    await ready(child);
    process.kill(await databasePid(), 'SIGKILL');
    expect(await ended(child)).toBe(1);
    expect(child.output()).toContain('the embedded PostgreSQL ended');
  });

  test('finds a relative HAMON_DATA again from another working directory', async () => {
    const first = run([], { HAMON_DATA: 'data' }, folder);
    expect(await createModel(await ready(first, 'data'), 'kept', 'data')).toBe(201);
    first.kill('SIGTERM');
    expect(await ended(first)).toBe(0);
    const above = dirname(folder);
    const second = run([], { HAMON_DATA: join(basename(folder), 'data') }, above);
    expect(await createModel(await ready(second, 'data'), 'kept', 'data')).toBe(409);
    second.kill('SIGTERM');
    expect(await ended(second)).toBe(0);
  });

  test('told to stop twice, ends at once with its database, whatever holds it up', async () => {
    const child = run();
    const server = await ready(child);
    const database = await databasePid();
    // An upload that never ends holds up the stop.
    const headers = {
      ...{ expect: '100-continue', 'content-type': 'application/json', 'content-length': '1000' },
      authorization: `Bearer ${(await readFile(join(folder, 'admin-token'), 'utf8')).trim()}`,
    };
    const upload = request(`${server.httpUrl}/v1/models`, { method: 'POST', headers });
    upload.on('error', () => undefined).flushHeaders();
    await once(upload, 'continue');
    // The same signal by two ways does not count twice.
    child.kill('SIGTERM');
    child.kill('SIGINT');
    while (child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      child.kill('SIGTERM');
    }
    expect(child.exitCode).toBe(1);
    await eventually('the database ended', () => Promise.resolve(!isProcessAlive(database)));
    upload.destroy();
  });

  test.each([
    [
      [],
      { HAMON_HTPP_PORT: '1' },
      'HAMON_HTPP_PORT is not a setting of the control plane; --help lists them.\n',
    ],
    [[], { HAMON_MQTT_PORT: 'x' }, 'HAMON_MQTT_PORT must be a whole number from 0 to 65535.\n'],
    [['serve'], {}, 'Unknown argument "serve"; --help lists the settings.\n'],
  ])('%j %j stops with one sentence', async (args, env, sentence) => {
    const child = run(args, env as Record<string, string>);
    expect(await ended(child)).toBe(1);
    expect(child.output()).toBe(sentence);
  });

  test('says what a port that is taken means', async () => {
    const first = run();
    const { httpUrl } = await ready(first);
    const other = await mkdtemp(join(tmpdir(), 'hamon-main-'));
    await chmod(other, 0o711);
    const second = run([], { HAMON_DATA: other, HAMON_HTTP_PORT: new URL(httpUrl).port });
    expect(await ended(second)).toBe(1);
    expect(second.output()).toMatch(/HAMON_HTTP_PORT/);
    await rm(other, { recursive: true, force: true });
  });

  test('--help lists the settings', async () => {
    const child = run(['--help']);
    expect(await ended(child)).toBe(0);
    expect(child.output()).toMatch(/HAMON_DATA .*\[\.hamon\]/);
  });
});
