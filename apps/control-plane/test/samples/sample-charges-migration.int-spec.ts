import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/migrate.js';
import { connected, undoMigration } from '../support/former-database.js';
import { testDatabase } from '../support/test-database.js';

const ID = randomUUID();
let place: { url: string; drop(): Promise<void> };
let database: DataSource;

beforeAll(async () => {
  place = await testDatabase();
  database = await connected(place.url);
});
afterAll(async () => {
  await database.destroy();
  await place.drop();
});

describe('samples of a release that charged pictures alone', () => {
  it('give back what they took', async () => {
    await undoMigration(database, 'SampleCharges');
    await database.query("INSERT INTO fleets (id) VALUES ('here')");
    await database.query(
      `INSERT INTO samples (fleet, id, device, stream, at, reasons, sha256, bytes, meta)
       VALUES ('here', $1, 'd', 's', now(), '{defect}', 'x', 1000, '{}')`,
      [ID],
    );
    await migrate(place.url);
    expect(await database.query('SELECT id, bytes, charged FROM samples')).toEqual([
      { id: ID, bytes: '1000', charged: '1000' },
    ]);
  });
});
