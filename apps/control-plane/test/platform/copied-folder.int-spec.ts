import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProcessAlive } from '@hamon/content';
import { Log } from '../../src/platform/log.js';
import { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { readPostmasterPid } from '../../src/platform/postgres/postmaster-pid.js';
import { endDatabaseIn, startEmbedded, type EmbeddedPlane } from '../support/embedded-plane.js';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
let above: string;
let original: string;
let copy: string;
const planes: EmbeddedPlane[] = [];

beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'hamon-copy-'));
  await chmod(above, 0o711);
  original = join(above, 'original');
  copy = join(above, 'copy');
});
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.stop();
  for (const folder of [original, copy]) await endDatabaseIn(folder);
  await rm(above, { recursive: true, force: true });
});

async function start(folder: string, env: Record<string, string> = {}): Promise<EmbeddedPlane> {
  const plane = await startEmbedded(folder, env);
  planes.push(plane);
  return plane;
}
async function stop(plane: EmbeddedPlane): Promise<void> {
  planes.splice(planes.indexOf(plane), 1);
  await plane.stop();
}
/** The original has run once, with one model in it. */
async function seed(): Promise<void> {
  const plane = await start(original);
  expect(await plane.addModel('kept')).toBe(201);
  await stop(plane);
}
const databasePid = async (folder: string): Promise<number> =>
  (await readPostmasterPid(join(folder, 'postgres', 'data')))?.pid ?? 0;
const jsonIn = async (folder: string, name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
/** As releases up to 0.1.0 wrote it. */
async function writeFormerRecord(folder: string, database: string): Promise<void> {
  const { port, password } = await jsonIn(folder, 'postgres.json');
  const record = { schema: 'hamon.postgres/1', folder: database, port, password };
  await writeFile(join(folder, 'postgres.json'), JSON.stringify(record));
  await rm(join(folder, 'identity.json'));
}

describe('a copy of a data folder', () => {
  it.each([
    ['', () => Promise.resolve()],
    [
      ' with the absolute path of a former release',
      () => writeFormerRecord(original, join(original, 'postgres')),
    ],
  ])('has a database of its own while the original runs%s', async (_, prepare) => {
    await seed();
    await prepare();
    await run('cp', ['-a', original, copy]);
    const first = await start(original);
    const second = await start(copy);
    expect(await second.models()).toEqual(['kept']);
    expect(await second.addModel('of-the-copy')).toBe(201);
    expect(await first.addModel('of-the-original')).toBe(201);
    expect(await first.models()).toEqual(['kept', 'of-the-original']);
    await stop(second);
    expect(await first.models()).toEqual(['kept', 'of-the-original']);
    expect(await (await start(copy)).models()).toEqual(['kept', 'of-the-copy']);
  });

  it('is another instance from its first start on, with a broker session of its own', async () => {
    await seed();
    await writeFile(join(original, 'broker-client-id'), 'control-plane-of-the-original\n');
    await run('cp', ['-a', original, copy]);
    await stop(await start(copy));
    const [one, other] = [await jsonIn(original, 'identity.json'), await jsonIn(copy, 'identity.json')];
    expect(other['id']).not.toBe(one['id']);
    expect(other['database']).toBe(other['id']);
    await expect(readFile(join(copy, 'broker-client-id'), 'utf8')).rejects.toThrow('ENOENT');
    expect(await readFile(join(original, 'broker-client-id'), 'utf8')).toContain('of-the-original');
  });

  it('made while the original runs is refused, and the original goes on', async () => {
    const plane = await start(original);
    expect(await plane.addModel('kept')).toBe(201);
    const pid = await databasePid(original);
    const lock = join(original, 'lock');
    await run('cp', ['-a', original, copy]);
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(startEmbedded(copy)).rejects.toThrow(
        `${join(copy, 'postgres', 'data')} was copied while its PostgreSQL ran`,
      );
    }
    expect(await databasePid(original)).toBe(pid);
    await run('test', ['-L', lock]);
    expect(await plane.addModel('more')).toBe(201);
    expect(await plane.models()).toEqual(['kept', 'more']);
  });

  it('made while the original ran is refused also in the place of the original', async () => {
    const plane = await start(original);
    await run('cp', ['-a', original, copy]);
    await stop(plane);
    await rm(original, { recursive: true });
    await rename(copy, original);
    // With a kill its process would have ended too; here that process is the test.
    await rm(join(original, 'lock'));
    await expect(startEmbedded(original)).rejects.toThrow('was copied while its PostgreSQL ran');
    // What the sentence says: it was of one moment after all.
    await rm(join(original, 'postgres', 'data', 'postmaster.pid'));
    await start(original);
  });

  it('by hard links is refused: two servers would write into the same files', async () => {
    await seed();
    await run('cp', ['-al', original, copy]);
    await expect(startEmbedded(copy)).rejects.toThrow('shares its files with another folder by hard links');
  });

  it('without modes and owners, as archives and shares make them, starts', async () => {
    await seed();
    await run('cp', ['-r', original, copy]);
    await chmod(join(copy, 'postgres', 'data'), 0o755);
    expect(await (await start(copy)).models()).toEqual(['kept']);
  });
});

describe('a data folder that was moved', () => {
  it.each([
    ['', () => Promise.resolve()],
    [
      ' with the absolute path of a former release',
      () => writeFormerRecord(copy, join(original, 'postgres')),
    ],
  ])('goes on where it was%s', async (_, prepare) => {
    await seed();
    await rename(original, copy);
    await prepare();
    const plane = await start(copy);
    expect(await plane.models()).toEqual(['kept']);
    expect((await jsonIn(copy, 'identity.json'))['home']).toBe(copy);
  });

  it('keeps its identity', async () => {
    await seed();
    const { id } = await jsonIn(original, 'identity.json');
    await rename(original, copy);
    await stop(await start(copy));
    expect(await jsonIn(copy, 'identity.json')).toMatchObject({ id, database: id, home: copy });
  });

  const log = Log.atLevel('silent');
  const startDatabase = (folder: string): Promise<EmbeddedPostgres> =>
    EmbeddedPostgres.start({ folder, owner: 'test', log });

  it('ends the database that outlived a kill at the former place, and starts it at the new one', async () => {
    await run('mkdir', [original]);
    await startDatabase(original);
    const orphan = await databasePid(original);
    await rename(original, copy);
    const moved = await startDatabase(copy);
    expect(isProcessAlive(orphan)).toBe(false);
    expect(await databasePid(copy)).not.toBe(orphan);
    await moved.stop();
  });

  it('recovers what was committed before both processes were killed', async () => {
    await seed();
    const orphan = await startDatabase(original).catch((cause: unknown) => cause);
    expect(orphan).toBeInstanceOf(EmbeddedPostgres);
    const ended = new Promise<void>((done) => (orphan as EmbeddedPostgres).onUnexpectedEnd(done));
    process.kill(await databasePid(original), 'SIGKILL');
    await ended;
    await rename(original, copy);
    expect(await (await start(copy)).models()).toEqual(['kept']);
  });
});

describe('a data folder restored with only part of it', () => {
  beforeEach(seed);

  it('is refused without its database, and no new one is made', async () => {
    await rm(join(original, 'postgres'), { recursive: true });
    await expect(startEmbedded(original)).rejects.toThrow(
      `${original} had its database in ${join(original, 'postgres')}, and there is none now`,
    );
    await rm(join(original, 'postgres.json'));
    await expect(startEmbedded(original)).rejects.toThrow('put it back from the backup');
    // What the sentence says to begin with an empty one.
    await rm(join(original, 'identity.json'));
    expect(await (await start(original)).models()).toEqual([]);
  });

  it('is refused without the password of its database', async () => {
    await rm(join(original, 'postgres.json'));
    await expect(startEmbedded(original)).rejects.toThrow(
      `${join(original, 'postgres.json')}, which holds the password of the database`,
    );
  });

  it('is refused with the password of another backup', async () => {
    const record = await jsonIn(original, 'postgres.json');
    await writeFile(join(original, 'postgres.json'), JSON.stringify({ ...record, password: 'another' }));
    await expect(startEmbedded(original)).rejects.toThrow('restore both from the same backup');
    expect(await databasePid(original)).toBe(0);
  });

  it('says what is wrong with a record that is damaged', async () => {
    await writeFile(join(original, 'postgres.json'), '{"schema": "hamon.postgres/2"}');
    await expect(startEmbedded(original)).rejects.toThrow('does not say how to reach the embedded database');
    await writeFile(join(original, 'identity.json'), '');
    await expect(startEmbedded(original)).rejects.toThrow('holds no identity of a data folder');
  });
});

(isRoot ? describe : describe.skip)('as root, with a database outside of a folder that is shut', () => {
  let outside: string | undefined;
  beforeEach(async () => {
    await chmod(above, 0o700);
    await seed();
    outside = String((await jsonIn(original, 'postgres.json'))['outside']);
    expect(outside).toMatch(/^\/var\/lib\/hamon\/postgres-/);
  });
  afterEach(async () => {
    for (const plane of planes.splice(0)) await plane.stop();
    if (outside) await rm(outside, { recursive: true });
  });

  it('a copy is refused, and gets a database of its own as it is told', async () => {
    await run('cp', ['-a', original, copy]);
    const plane = await start(original);
    await expect(startEmbedded(copy)).rejects.toThrow(
      `stop the original and copy ${String(outside)} to ${join(copy, 'postgres')}`,
    );
    await stop(plane);
    await run('cp', ['-a', String(outside), join(copy, 'postgres')]);
    await expect(startEmbedded(copy)).rejects.toThrow('let others pass through');
    await chmod(above, 0o711);
    const second = await start(copy);
    expect(await second.addModel('of-the-copy')).toBe(201);
    expect(await (await start(original)).models()).toEqual(['kept']);
  });

  it('goes on with it when it is moved', async () => {
    await rename(original, copy);
    expect(await (await start(copy)).models()).toEqual(['kept']);
  });
});
