import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { ControlPlaneError } from '../../src/platform/errors.js';
import { faultOf, passingFault } from '../../src/platform/database-fault.js';
import { testDatabase } from '../support/test-database.js';

describe('a fault of the store', () => {
  let place: { url: string; drop(): Promise<void> };
  let database: DataSource;
  const connect = (extra: object) => new DataSource({ type: 'postgres', url: place.url, extra }).initialize();
  beforeAll(async () => {
    place = await testDatabase();
    database = await connect({ max: 2 });
  });
  afterAll(async () => {
    await database.destroy();
    await place.drop();
  });

  const caught = async (work: () => Promise<unknown>): Promise<unknown> =>
    work().then(
      () => undefined,
      (cause: unknown) => cause,
    );

  it.each([
    ['data', 'a number out of range', `SELECT (2^63)::bigint`],
    ['data', 'a zero byte', `SELECT '"\\u0000"'::jsonb`],
    ['data', 'a broken rule', `INSERT INTO devices (id) VALUES ('x')`],
    ['server', 'a missing table', `SELECT * FROM nowhere`],
    ['server', 'its own connection ended', `SELECT pg_terminate_backend(pg_backend_pid())`],
    ['server', 'a time-out of the server', `SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)`],
    ['unknown', 'a trigger that objects', `DO $$ BEGIN RAISE EXCEPTION 'no'; END $$`],
  ])('is of the %s: %s', async (kind, _what, sql) => {
    expect(faultOf(await caught(() => database.transaction((manager) => manager.query(sql))))).toBe(kind);
  });

  it('is of the server where the pool is full, the server is not there, or the broker', async () => {
    const full = await connect({ max: 1, connectionTimeoutMillis: 2000 });
    const runner = full.createQueryRunner();
    await runner.connect();
    expect(faultOf(await caught(() => full.query('SELECT 1')))).toBe('server');
    await runner.release();
    await full.destroy();
    expect(faultOf(await caught(() => full.query('SELECT 1')))).toBe('server');
    const nowhere = new DataSource({ type: 'postgres', url: 'postgres://hamon:hamon@localhost:1/hamon' });
    expect(faultOf(await caught(() => nowhere.initialize()))).toBe('server');
    expect(faultOf(new ControlPlaneError('unavailable', 'the broker is not connected'))).toBe('server');
  });

  it.each([
    ['away', 'its own connection ended', `SELECT pg_terminate_backend(pg_backend_pid())`],
    ['away', 'a time-out of the server', `SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)`],
    [undefined, 'a missing table', `SELECT * FROM nowhere`],
    [undefined, 'a number out of range', `SELECT (2^63)::bigint`],
    [undefined, 'a trigger that objects', `DO $$ BEGIN RAISE EXCEPTION 'no'; END $$`],
  ])('passes or not, for a caller (%s): %s', async (passing, _what, sql) => {
    expect(passingFault(await caught(() => database.transaction((manager) => manager.query(sql))))).toBe(
      passing,
    );
  });

  it('passes where the pool is full or the server away, and not where a file is missing', async () => {
    const full = await connect({ max: 1, connectionTimeoutMillis: 2000 });
    const runner = full.createQueryRunner();
    await runner.connect();
    expect(passingFault(await caught(() => full.query('SELECT 1')))).toBe('pool-full');
    await runner.release();
    await full.destroy();
    const nowhere = new DataSource({ type: 'postgres', url: 'postgres://hamon:hamon@localhost:1/hamon' });
    expect(passingFault(await caught(() => nowhere.initialize()))).toBe('away');
    expect(passingFault(await caught(() => readFile('/nowhere/at/all')))).toBeUndefined();
  });

  it('is unknown where it was not foreseen', () => {
    for (const cause of [new RangeError('sequence'), new TypeError('x'), 'text', undefined, null]) {
      expect(faultOf(cause)).toBe('unknown');
    }
  });
});
