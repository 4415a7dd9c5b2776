import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { startEmbedded } from '../support/embedded-plane.js';
import { makeTestPlace, startTestControlPlane, type TestPlace } from '../support/test-control-plane.js';

let one: TestPlace;
let other: TestPlace;
const folders: string[] = [];

beforeEach(async () => {
  [one, other] = [await makeTestPlace(), await makeTestPlace()];
});
afterEach(async () => {
  await Promise.all([one.discard(), other.discard()]);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const run = async (place: Pick<TestPlace, 'dataDir' | 'databaseUrl'>): Promise<void> => {
  await (await startTestControlPlane({}, { ...place, discard: one.discard })).stop();
};
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-folder-'));
  folders.push(folder);
  return folder;
}
async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
const nameOf = async (url: string): Promise<string | undefined> =>
  (await query<{ id: string }>(url, 'SELECT id FROM instance'))[0]?.id;
const belongsTo = async (dataDir: string): Promise<unknown> =>
  (JSON.parse(await readFile(join(dataDir, 'identity.json'), 'utf8')) as { database: unknown }).database;

describe('a data folder with DATABASE_URL', () => {
  it("does not attach to another instance's database, and leaves it as it is", async () => {
    await run(one);
    await run(other);
    // A database of a release that this one would bring to its own schema.
    await query(other.databaseUrl, `DELETE FROM migrations WHERE name LIKE 'Instance%'`);
    const wrong = { dataDir: one.dataDir, databaseUrl: other.databaseUrl };
    await expect(run(wrong)).rejects.toThrow('DATABASE_URL names the database of another instance');
    expect(await query(other.databaseUrl, `SELECT FROM migrations WHERE name LIKE 'Instance%'`)).toHaveLength(
      0,
    );
    // What the sentence says.
    await query(other.databaseUrl, `DROP TABLE instance`);
    await rm(join(one.dataDir, 'identity.json'));
    await run(wrong);
    expect(await belongsTo(one.dataDir)).toBe(await nameOf(other.databaseUrl));
  });

  it('does not start over with an empty database in place of its own', async () => {
    await run(one);
    const empty = await emptyDatabase(one.databaseUrl);
    await expect(run({ dataDir: one.dataDir, databaseUrl: empty })).rejects.toThrow(
      'DATABASE_URL names an empty database, but HAMON_DATA belongs to one with content',
    );
    expect(await query(empty, `SELECT FROM pg_tables WHERE schemaname = 'public'`)).toHaveLength(0);
    await dropDatabase(one.databaseUrl, empty);
  });

  it('does not start over with an embedded database when DATABASE_URL was forgotten', async () => {
    await run(one);
    await expect(startEmbedded(one.dataDir)).rejects.toThrow('DATABASE_URL is not set: set it');
    await expect(readFile(join(one.dataDir, 'postgres.json'))).rejects.toThrow('ENOENT');
  });

  it('shares it with a second folder, which becomes a replica of the same instance', async () => {
    await run(one);
    const replica = await newFolder();
    await run({ dataDir: replica, databaseUrl: one.databaseUrl });
    expect(await belongsTo(replica)).toBe(await nameOf(one.databaseUrl));
    expect(await belongsTo(one.dataDir)).toBe(await belongsTo(replica));
    await run(one);
  });

  it('knows its database again after a dump of a release that gave it no name was restored', async () => {
    await run(one);
    const name = await nameOf(one.databaseUrl);
    await query(one.databaseUrl, `DROP TABLE instance`);
    await query(one.databaseUrl, `DELETE FROM migrations WHERE name LIKE 'Instance%'`);
    await run(one);
    expect(await nameOf(one.databaseUrl)).toBe(name);
  });

  it('stops the start where its identity is unreadable', async () => {
    const path = join(one.dataDir, 'identity.json');
    await writeFile(path, '{}');
    await expect(run(one)).rejects.toThrow(
      `${path} holds no identity of a data folder: restore it, or remove it`,
    );
  });
});

async function emptyDatabase(url: string): Promise<string> {
  const empty = new URL(url);
  empty.pathname += '_empty';
  await query(url, `CREATE DATABASE ${empty.pathname.slice(1)} TEMPLATE template0`);
  return empty.href;
}
const dropDatabase = (url: string, which: string): Promise<unknown> =>
  query(url, `DROP DATABASE ${new URL(which).pathname.slice(1)}`);
