import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isProcessAlive } from '@hamon/content';
import pg from 'pg';
import { Log } from '../../src/platform/log.js';
import { migrate } from '../../src/platform/migrate.js';
import { EmbeddedPostgres, stopServerOf } from '../../src/platform/postgres/embedded-postgres.js';
import { readPostmasterPid } from '../../src/platform/postgres/postmaster-pid.js';

const log = Log.atLevel('silent');
let folder: string;
let dataFolder: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-pg-'));
  await chmod(folder, 0o711);
});
afterEach(async () => {
  await stopServerOf(await data());
  await rm(dirname(await data()), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  dataFolder = undefined;
});

const start = (): Promise<EmbeddedPostgres> =>
  EmbeddedPostgres.start({ folder, owner: 'test', log, settings: ['fsync=off'] });

async function data(): Promise<string> {
  if (dataFolder === undefined) {
    const record = JSON.parse(await readFile(join(folder, 'postgres.json'), 'utf8')) as {
      outside: string | null;
    };
    dataFolder = join(record.outside ?? join(folder, 'postgres'), 'data');
  }
  return dataFolder;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidOf = async (): Promise<number> => (await readPostmasterPid(await data()))?.pid ?? 0;

describe('the embedded PostgreSQL', () => {
  test('keeps its data and its address from one start to the next', async () => {
    const first = await start();
    await migrate(first.url);
    await query(first.url, `INSERT INTO fleets (id) VALUES ('kept')`);
    await first.stop();
    expect(await pidOf()).toBe(0);

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT id FROM fleets')).toEqual([{ id: 'kept' }]);
    await migrate(second.url);
  });

  test('that outlived its parent is taken over', async () => {
    const first = await start();
    const pid = await pidOf();
    const second = await start();
    expect(await pidOf()).toBe(pid);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(second.url).toBe(first.url);
    await second.stop();
    expect(isProcessAlive(pid)).toBe(false);
  });

  test('that was killed is started again with what it had committed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const ended = new Promise<void>((resolve) => first.onUnexpectedEnd(resolve));
    process.kill(await pidOf(), 'SIGKILL');
    await ended;
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('starts although an unrelated process has its former number', async () => {
    const first = await start();
    await first.stop();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
    const lines = [
      stranger.pid,
      await data(),
      Math.floor(Date.now() / 1000),
      5432,
      '',
      '127.0.0.1',
      '',
      'ready',
    ];
    await writeFile(join(await data(), 'postmaster.pid'), `${lines.join('\n')}\n`, { mode: 0o644 });
    try {
      const second = await start();
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('takes another port when its own is in use', async () => {
    const first = await start();
    const port = new URL(first.url).port;
    await first.stop();
    const squatter = spawn(
      process.execPath,
      ['-e', `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('on'))`],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await once(squatter.stdout, 'data');
    try {
      const second = await start();
      expect(new URL(second.url).port).not.toBe(port);
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      squatter.kill('SIGKILL');
    }
  });

  test('works in a folder that is closed to all others', async () => {
    await chmod(folder, 0o700);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    if (process.getuid?.() === 0) expect(await data()).toMatch(/^\/var\/lib\/hamon\/postgres-/);
    else expect(await data()).toBe(join(folder, 'postgres', 'data'));
  });

  test('lets nobody in without its password', async () => {
    const url = new URL((await start()).url);
    url.password = 'guessed';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });
});
