import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { migrate } from '../../src/platform/migrate.js';
import { connected, undoMigration } from '../support/former-database.js';
import { testDatabase } from '../support/test-database.js';

const TOKEN = randomUUID();
const [V1, V2, OTHER] = [randomUUID(), randomUUID(), randomUUID()] as const;
const [ENDED, OPEN] = [randomUUID(), randomUUID()] as const;

/** As the former release wrote them: the payload in base64url, without padding. */
const jws = (model: string): string =>
  JSON.stringify({ payload: Buffer.from(JSON.stringify({ model, note: '?>~' })).toString('base64url') });
const running = (model: string, sequence: number) => ({
  ...{ model, version: '1.0.0', variant: 'fp32', bundle: model.padEnd(64, '0'), sequence },
});
const reported = (model: string | null, sequence: number): string =>
  JSON.stringify({
    ...{ schema: 'hamon.reported/1', roomForTwo: false, orders: ['hold'], highestSequence: sequence },
    slots: { current: model && running(model, sequence), previous: null, candidate: null },
    deployment: model && {
      ...{
        version: running(model, sequence),
        state: 'committed',
        chunks: { have: 1, total: 1 },
        reason: null,
      },
    },
    rejection: { code: 'manifest-older', detail: 'seen' },
  });

let place: { url: string; drop(): Promise<void> };
let database: DataSource;

const device = (id: string, report: string | null): Promise<unknown> =>
  database.query(
    `INSERT INTO devices (id, fleet, public_key, thumbprint, enrolment_token, labels, facts, reported)
     VALUES ($1, 'here', '{}', $1, $2, '{}', '{}', $3)`,
    [id, TOKEN, report],
  );
const desired = (
  id: string,
  sequence: number,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<unknown> => {
  const names = Object.keys(columns);
  return database.query(
    `INSERT INTO device_desired (device, fleet, sequence${names.map((name) => `, ${name}`).join('')})
     VALUES ($1, 'here', $2${names.map((_, i) => `, $${i + 3}`).join('')})`,
    [id, sequence, ...Object.values(columns)],
  );
};
const deployment = async (id: string, version: string, rollout: string | null = null): Promise<string> => {
  const made = randomUUID();
  await database.query(
    `INSERT INTO deployments (id, fleet, device, rollout_id, version_id, variant, bundle_sha256, sequence, state)
     VALUES ($1, 'here', $2, $4, $3, 'fp32', 'b', 1, 'committed')`,
    [made, id, version, rollout],
  );
  return made;
};

/** Everything that a row of the former release can be. */
async function fill(): Promise<void> {
  await database.query(`
    INSERT INTO fleets (id) VALUES ('here') ON CONFLICT DO NOTHING;
    INSERT INTO enrolment_tokens (id, fleet, hash, uses_left, expires_at, labels)
    VALUES ('${TOKEN}', 'here', 'x', 0, now(), '{}');
    INSERT INTO models (fleet, name, task) VALUES ('here', 'tiny', 'classification'), ('here', 'other', 'classification');
    INSERT INTO versions (id, fleet, model, version, state, bundle, content_digest)
    VALUES ('${V1}', 'here', 'tiny', '1.0.0', 'released', '{}', 'x'),
           ('${V2}', 'here', 'tiny', '2.0.0', 'released', '{}', 'y'),
           ('${OTHER}', 'here', 'other', '1.0.0', 'released', '{}', 'z');
    INSERT INTO rollouts (id, fleet, model, version_id, where_expr, spec, status, evidence, evidence_cursor, state, ended_at)
    VALUES ('${ENDED}', 'here', 'tiny', '${V2}', '', '{}', '{}', '{}', '0', 'succeeded', now()),
           ('${OPEN}', 'here', 'tiny', '${V2}', '', '{}', '{}', '{}', '0', 'running', NULL)`);
  await device('wanted', reported('tiny', 5));
  const own = await deployment('wanted', V1, ENDED);
  await desired('wanted', 5, {
    version_id: V1,
    variant: 'fp32',
    deployment_id: own,
    jws: jws('tiny'),
    issued_at: new Date(),
  });
  await device('withdrawn', reported(null, 7));
  await desired('withdrawn', 7, { manifest_order: 'withdraw', jws: jws('other') });
  await device('unassigned', reported('other', 3));
  await desired('unassigned', 3, { unassigned_model: 'other' });
  await device('replacing', reported('other', 8));
  await desired('replacing', 9, {
    version_id: V1,
    variant: 'fp32',
    jws: jws('tiny'),
    unassigned_model: 'other',
  });
  await device('cleared', null);
  await deployment('cleared', OTHER);
  await desired('cleared', 4);
  await device('nameless', null);
  await desired('nameless', 11);
  await device('untouched', null);
  await desired('untouched', 0);
  for (const [rollout, version] of [
    [ENDED, OTHER],
    [OPEN, OTHER],
  ] as const) {
    await database.query(
      `INSERT INTO rollout_members (rollout_id, device, position, variant, hardware_class, previous_version_id,
                                    previous_variant, previous_installed)
       VALUES ($1, 'wanted', 0, 'fp32', 'x', $2, 'fp32', true), ($1, 'replacing', 1, 'fp32', 'x', $3, 'fp32', true)`,
      [rollout, version, V1],
    );
  }
}

const rows = <T>(sql: string): Promise<T[]> => database.query<T[]>(sql);

describe('a database of the release in which a device ran one model', () => {
  beforeAll(async () => {
    place = await testDatabase();
    database = await connected(place.url);
    await undoMigration(database, 'ManyModels');
    await fill();
    await database.query(`
      INSERT INTO device_slots (device, model, slot, version, variant, bundle_sha256, sequence)
      SELECT d.id, d.reported #>> '{slots,current,model}', 'current', '1.0.0', 'fp32', 'b', 1
      FROM devices d WHERE d.reported #>> '{slots,current,model}' IS NOT NULL;
      INSERT INTO reported_deployments (device, model, bundle_sha256, sequence, state, chunks)
      SELECT d.id, d.reported #>> '{deployment,version,model}', 'b', 1, 'committed', '{}'
      FROM devices d WHERE d.reported #>> '{deployment,version,model}' IS NOT NULL`);
    await migrate(place.url);
  });
  afterAll(async () => {
    await database.destroy();
    await place.drop();
  });

  it('names the model of each desired state, and forgets no sequence', async () => {
    const found = await rows<{ device: string; model: string; sequence: string; unassigned: boolean }>(
      `SELECT device, model, sequence, unassigned FROM device_desired ORDER BY device, model`,
    );
    expect(found.map((row) => [row.device, row.model, Number(row.sequence), row.unassigned])).toEqual([
      ['cleared', 'other', 4, false],
      ['replacing', 'other', 9, true],
      ['replacing', 'tiny', 9, false],
      ['unassigned', 'other', 3, true],
      ['wanted', 'tiny', 5, false],
      ['withdrawn', 'other', 7, false],
    ]);
    expect(await rows(`SELECT device, sequence FROM sequence_floors`)).toEqual([
      { device: 'nameless', sequence: '11' },
    ]);
    expect(await rows(`SELECT DISTINCT device, model FROM deployments ORDER BY 1`)).toEqual([
      { device: 'cleared', model: 'other' },
      { device: 'wanted', model: 'tiny' },
    ]);
  });

  it('says of each model what its device reported', async () => {
    expect(
      await rows(`SELECT device, model, highest_sequence AS highest, room_for_two AS room, rejection ->> 'code' AS code
                  FROM reported_models ORDER BY device`),
    ).toEqual([
      { device: 'replacing', model: 'other', highest: '8', room: false, code: 'manifest-older' },
      { device: 'unassigned', model: 'other', highest: '3', room: false, code: 'manifest-older' },
      { device: 'wanted', model: 'tiny', highest: '5', room: false, code: 'manifest-older' },
    ]);
    expect(
      await rows(
        `SELECT id, max_models AS most FROM known_devices WHERE id IN ('wanted', 'cleared') ORDER BY 1`,
      ),
    ).toEqual([
      { id: 'cleared', most: null },
      { id: 'wanted', most: 1 },
    ]);
  });

  it('has nothing of another model that an open rollout would go back to; history stays', async () => {
    const previous = await rows<{ rollout_id: string; device: string; previous: string | null }>(
      `SELECT rollout_id, device, previous_version_id AS previous FROM rollout_members ORDER BY device`,
    );
    const of = (rollout: string) =>
      previous.filter((row) => row.rollout_id === rollout).map((row) => row.previous);
    expect(of(OPEN)).toEqual([V1, null]);
    expect(of(ENDED)).toEqual([V1, OTHER]);
  });

  it('can go back to the former release, with one model a device under its highest sequence', async () => {
    await database.query(`
      UPDATE device_desired SET sequence = 20 WHERE device = 'wanted';
      INSERT INTO device_desired (device, model, fleet, sequence, manifest_order, jws)
      VALUES ('wanted', 'gone', 'here', 31, 'unassign', '{}');
      UPDATE devices SET reported = jsonb_build_object('schema', 'hamon.reported/2', 'orders', '[]'::jsonb, 'maxModels', 16,
        'models', jsonb_build_array(jsonb_build_object('model', 'gone'),
          jsonb_build_object('model', 'tiny', 'highestSequence', 20, 'slots', '{"current": null}'::jsonb)))
      WHERE id = 'wanted'`);
    await undoMigration(database, 'ManyModels');
    const found = await rows<{
      device: string;
      sequence: string;
      jws: object | null;
      unassigned: string | null;
    }>(`SELECT device, sequence, jws, unassigned_model AS unassigned FROM device_desired ORDER BY device`);
    expect(found.map((row) => [row.device, Number(row.sequence), row.unassigned])).toEqual([
      ['cleared', 4, null],
      ['nameless', 11, null],
      ['replacing', 9, 'other'],
      ['unassigned', 3, 'other'],
      ['wanted', 31, 'gone'],
      ['withdrawn', 7, null],
    ]);
    const [{ reported: report } = { reported: {} }] = await rows<{ reported: object }>(
      `SELECT reported FROM devices WHERE id = 'wanted'`,
    );
    expect(report).toMatchObject({
      schema: 'hamon.reported/1',
      highestSequence: 20,
      slots: { current: null },
    });
    expect(report).not.toHaveProperty('models');
    await migrate(place.url);
    expect(
      await rows(`SELECT model, sequence FROM device_desired WHERE device = 'wanted' ORDER BY 1`),
    ).toEqual([
      { model: 'gone', sequence: '31' },
      { model: 'tiny', sequence: '31' },
    ]);
  });
});
