import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DEPLOYMENT_STATES, GIVEN_UP_STATES, type ReportedState } from '@hamon/contracts';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { DeviceChangesStore } from '../../src/fleet/device-changes.store.js';
import { DeviceLifecycle } from '../../src/fleet/device-lifecycle.js';
import { DeviceReportStore } from '../../src/fleet/device-report.store.js';
import type { ChunkPublisher } from '../../src/registry/chunk-publisher.js';
import { PublishedChunkStore } from '../../src/registry/published-chunk.store.js';
import { WantedBundles } from '../../src/registry/wanted-bundles.js';
import { BenchmarkStore } from '../../src/benchmark/benchmark.store.js';
import { Log } from '../../src/platform/log.js';
import { RolloutStore } from '../../src/rollout/rollout.store.js';
import { AwaitedBundleStore } from '../../src/trust/awaited-bundle.store.js';
import { AwaitedBundles } from '../../src/trust/awaited-bundles.js';
import { testDatabase } from '../support/test-database.js';

/** What is wanted, computed from all tables by one statement. */
const WANTED_FROM_ALL = `
  WITH bundles AS (
    SELECT r.fleet, v.bundle_sha256
    FROM rollouts r
    JOIN variants v ON v.version_id = r.version_id
         AND v.name IN (SELECT t ->> 'variant' FROM jsonb_array_elements(r.spec #> '{spec,targets}') AS t)
    WHERE r.ended_at IS NULL AND r.state NOT IN ('rolling-back', 'aborting')
    UNION
    SELECT w.fleet, w.bundle_sha256
    FROM device_desired w
    JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
    LEFT JOIN deployments p ON p.id = w.deployment_id
    LEFT JOIN LATERAL (
      SELECT one AS said FROM jsonb_array_elements(d.reported -> 'models') AS one WHERE one ->> 'model' = w.model
    ) m ON true
    WHERE w.bundle_sha256 IS NOT NULL
      AND coalesce(p.state, 'assigned') NOT IN (${GIVEN_UP_STATES.map((state) => `'${state}'`).join()})
      AND w.bundle_sha256 IS DISTINCT FROM m.said #>> '{slots,current,bundle}'
      AND w.bundle_sha256 IS DISTINCT FROM m.said #>> '{slots,previous,bundle}'
      AND (w.bundle_sha256 IS DISTINCT FROM m.said #>> '{slots,candidate,bundle}'
           OR m.said #>> '{deployment,state}' IN ('assigned', 'downloading'))
    UNION
    SELECT m.fleet, v.bundle_sha256
    FROM benchmarks m JOIN variants v ON v.version_id = m.version_id
    WHERE m.ended_at IS NULL AND m.expires_at > now())
  SELECT DISTINCT b.fleet || ' ' || c.sha256 AS chunk FROM bundles b JOIN bundle_chunks c USING (bundle_sha256)
  ORDER BY 1`;

const DEVICES = ['cam-0', 'cam-1', 'cam-2', 'cam-3'];
const MODELS = ['tiny', 'other'];
const BUNDLES = ['b0', 'b1', 'b2', 'b3'];
const VERSION = randomUUID();
const ROLLOUT = randomUUID();

let place: { url: string; drop(): Promise<void> };
let database: DataSource;

beforeAll(async () => {
  place = await testDatabase();
  database = await new DataSource({ type: 'postgres', url: place.url }).initialize();
  await database.query(`
    INSERT INTO fleets (id) VALUES ('here') ON CONFLICT DO NOTHING;
    INSERT INTO enrolment_tokens (id, fleet, hash, uses_left, expires_at, labels)
    VALUES ('${VERSION}', 'here', 'x', 0, now(), '{}');
    INSERT INTO models (fleet, name, task) VALUES ('here', 'tiny', 'classification');
    INSERT INTO versions (id, fleet, model, version, state, bundle, content_digest)
    VALUES ('${VERSION}', 'here', 'tiny', '1.0.0', 'released', '{}', 'x');
    INSERT INTO variants (version_id, name, bundle_sha256, bundle_length, bundle_chunks, length_bytes, model_bytes)
    VALUES ('${VERSION}', 'fp32', 'b0', 1, '[]', 1, 1), ('${VERSION}', 'int8', 'b1', 1, '[]', 1, 1);
    INSERT INTO rollouts (id, fleet, model, version_id, where_expr, spec, status, evidence, evidence_cursor, state)
    VALUES ('${ROLLOUT}', 'here', 'tiny', '${VERSION}', '', '{"spec":{"targets":[{"variant":"fp32"}]}}', '{}',
            '{}', '0', 'running');
    INSERT INTO bundle_chunks (bundle_sha256, sha256, artifact, byte_offset, length)
    VALUES ('b0', 'c0', 'a', 0, 1), ('b0', 'c1', 'a', 0, 1), ('b1', 'c1', 'a', 0, 1), ('b1', 'c2', 'a', 0, 1),
           ('b2', 'c2', 'a', 0, 1), ('b2', 'c3', 'a', 0, 1), ('b3', 'c4', 'a', 0, 1);`);
});
afterAll(async () => {
  await database.destroy();
  await place.drop();
});

beforeEach(async () => {
  await database.query(`
    UPDATE rollouts SET state = 'running', ended_at = NULL;
    UPDATE device_desired SET deployment_id = NULL;
    DELETE FROM benchmarks; DELETE FROM deployments; DELETE FROM device_desired; DELETE FROM device_slots;
    DELETE FROM reported_deployments; DELETE FROM reported_models; DELETE FROM devices;
    DELETE FROM published_chunks; DELETE FROM member_changes;`);
  for (const device of DEVICES) {
    await database.query(
      `INSERT INTO devices (id, fleet, public_key, thumbprint, enrolment_token, labels, facts)
       VALUES ($1, 'here', '{}', $1, $2, '{}', '{}')`,
      [device, VERSION],
    );
    await database.query(
      `INSERT INTO device_desired (device, model, fleet, sequence) SELECT $1, unnest($2::text[]), 'here', 0`,
      [device, MODELS],
    );
  }
});

interface Statements {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

type Change = (runner: Statements, device: string) => Promise<unknown>;

const running = (bundle: string, model = 'tiny') => ({
  ...{ model, version: '1.0.0', variant: 'fp32', bundle, sequence: 1 },
});
const slots = (model: string, ...bundles: (string | null)[]) => {
  const [current, previous, candidate] = bundles.map((bundle) => bundle && running(bundle, model));
  return { current: current ?? null, previous: previous ?? null, candidate: candidate ?? null };
};
const report = (statements: Statements, device: string, models: readonly object[]): Promise<unknown> =>
  new DeviceReportStore().store(statements as EntityManager, 'here', [
    {
      device,
      body: {
        at: new Date().toISOString(),
        facts: {},
        maxModels: 16,
        models: models.map((one) => ({ model: 'tiny', deployment: null, ...one })),
      } as unknown as ReportedState,
      health: { word: 'ok', code: 'ok', reason: '', since: null },
      isKept: false,
    },
  ]);
const model = fc.constantFrom(...MODELS);
const slot = fc.option(fc.constantFrom(...BUNDLES));
const told = fc.tuple(slot, slot, slot, fc.constantFrom(...DEPLOYMENT_STATES));

/** Everything that can happen to one device. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.option(fc.constantFrom(...BUNDLES)), model).map<Change>(
    ([bundle, name]) =>
      (runner, device) =>
        runner.query(
          `UPDATE device_desired SET bundle_sha256 = $2, deployment_id = NULL WHERE device = $1 AND model = $3`,
          [device, bundle, name],
        ),
  ),
  fc.tuple(fc.constantFrom(...BUNDLES), model).map<Change>(([bundle, name]) => async (runner, device) => {
    const id = randomUUID();
    await runner.query(
      `INSERT INTO deployments (id, fleet, device, model, version_id, variant, bundle_sha256, sequence, state)
       VALUES ($1, 'here', $2, $5, $3, 'fp32', $4, 1, 'assigned')`,
      [id, device, VERSION, bundle, name],
    );
    await runner.query(
      `UPDATE device_desired SET bundle_sha256 = $2, deployment_id = $3 WHERE device = $1 AND model = $4`,
      [device, bundle, id, name],
    );
  }),
  fc
    .constantFrom(...DEPLOYMENT_STATES)
    .map<Change>(
      (state) => (runner, device) =>
        runner.query(
          `UPDATE deployments SET state = $2 WHERE id IN (SELECT deployment_id FROM device_desired WHERE device = $1)`,
          [device, state],
        ),
    ),
  fc.tuple(told, told).map<Change>(
    (said) => (runner, device) =>
      report(
        runner,
        device,
        said.map(([current, previous, candidate, state], i) => ({
          model: MODELS[i],
          slots: slots(MODELS[i] ?? '', current, previous, candidate),
          deployment: { version: running('b9', MODELS[i]), state, chunks: { have: 0, total: 0 } },
        })),
      ),
  ),
  fc
    .boolean()
    .map<Change>(
      (isRetired) => (runner, device) =>
        runner.query(`UPDATE devices SET retired_at = CASE WHEN $2 THEN now() END WHERE id = $1`, [
          ...[device, isRetired],
        ]),
    ),
  fc
    .constantFrom('running', 'paused', 'rolling-back', 'aborting', 'ended')
    .map<Change>(
      (state) => (runner) =>
        runner.query(`UPDATE rollouts SET state = $1, ended_at = CASE WHEN $1 = 'ended' THEN now() END`, [
          state,
        ]),
    ),
  fc.boolean().map<Change>(
    (isOpen) => (runner, device) =>
      isOpen
        ? runner.query(
            `INSERT INTO benchmarks (id, fleet, device, version_id, state, requested_at, issued_at, expires_at)
             VALUES (gen_random_uuid(), 'here', $1, $2, 'requested', now(), now(), now() + interval '1 hour')
             ON CONFLICT DO NOTHING`,
            [device, VERSION],
          )
        : runner.query(`UPDATE benchmarks SET state = 'cancelled', ended_at = now() WHERE device = $1`, [
            device,
          ]),
  ),
);

/** Set up as the application does it. */
function awaitedBundles(store: AwaitedBundleStore, wanted = new WantedBundles()): AwaitedBundles {
  const nobody = { kick: () => undefined } as unknown as ChunkPublisher;
  const changes = new DeviceChangesStore(database);
  const awaited = new AwaitedBundles(store, changes, wanted, new DeviceLifecycle(), nobody);
  awaited.onModuleInit();
  return awaited;
}

/** What one replica's publisher does, without a broker. */
function publisher() {
  const store = new PublishedChunkStore();
  const wanted = new WantedBundles();
  awaitedBundles(new AwaitedBundleStore(), wanted);
  const [rollouts, benchmarks] = [
    new RolloutStore(database, Log.atLevel('silent')),
    new BenchmarkStore(database),
  ];
  wanted.add((runner) => rollouts.wantedBundles(runner));
  wanted.add((runner) => benchmarks.wantedBundles(runner));
  return async (runner: QueryRunner): Promise<string[]> => {
    const missing = await store.missing(runner, await wanted.read(runner), '-infinity', 100);
    await store.markPublished(runner, missing);
    await store.markWithdrawn(runner, await store.unwanted(runner, await wanted.read(runner), 100));
    const rows = (await runner.query(
      `SELECT fleet || ' ' || sha256 AS chunk FROM published_chunks ORDER BY 1`,
    )) as { chunk: string }[];
    return rows.map(({ chunk }) => chunk);
  };
}

const wantedFromAll = async (): Promise<string[]> =>
  (await database.query<{ chunk: string }[]>(WANTED_FROM_ALL)).map(({ chunk }) => chunk);

describe('chunks that are kept for devices', () => {
  it('are the wanted ones, whatever happens to devices and rollouts, and however late it is committed', async () => {
    // Another transaction, which stays open for some steps, makes the last device's changes.
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('now' as const), at: fc.nat(DEVICES.length - 2), change }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('late' as const), change }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
    );
    const late = DEVICES.at(-1) ?? '';
    const looks = { published: 0, withdrawn: 0, whileOpen: 0 };
    await fc.assert(
      fc
        .asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const [runner, slow] = [database.createQueryRunner(), database.createQueryRunner()];
          const publish = publisher();
          let before: string[] = [];
          const look = async (): Promise<void> => {
            const kept = await publish(runner);
            expect(kept).toEqual(await wantedFromAll());
            if (kept.some((chunk) => !before.includes(chunk))) looks.published += 1;
            if (before.some((chunk) => !kept.includes(chunk))) looks.withdrawn += 1;
            if (slow.isTransactionActive) looks.whileOpen += 1;
            before = kept;
          };
          const commit = async (): Promise<void> => {
            if (slow.isTransactionActive) await slow.commitTransaction();
          };
          try {
            for (const one of steps) {
              if (one.kind === 'now') await one.change(database, DEVICES[one.at] ?? '');
              else if (one.kind === 'commit') await commit();
              else if (one.kind === 'look') await look();
              else {
                if (!slow.isTransactionActive) await slow.startTransaction();
                await one.change(ofOneDevice(slow), late);
              }
            }
            await commit();
            await look();
          } finally {
            await commit();
            await runner.release();
            await slow.release();
          }
        })
        .beforeEach(() => database.query('DELETE FROM published_chunks')),
      { numRuns: 60 },
    );
    for (const times of Object.values(looks)) expect(times).toBeGreaterThan(0);
  });

  it('are published for a device whose change began before others were read, and was committed after', async () => {
    const [runner, slow] = [database.createQueryRunner(), database.createQueryRunner()];
    const publish = publisher();
    const desire = (statements: Statements, device: string, bundle: string) =>
      statements.query(`UPDATE device_desired SET bundle_sha256 = $2 WHERE device = $1`, [device, bundle]);
    try {
      await database.query(`UPDATE rollouts SET ended_at = now()`);
      expect(await publish(runner)).toEqual([]);
      await slow.startTransaction();
      await desire(slow, 'cam-0', 'b3');
      await desire(runner, 'cam-1', 'b0');
      expect(await publish(runner)).toEqual(['here c0', 'here c1']);
      await slow.commitTransaction();
      expect(await publish(runner)).toEqual(['here c0', 'here c1', 'here c4']);
    } finally {
      if (slow.isTransactionActive) await slow.rollbackTransaction();
      await runner.release();
      await slow.release();
    }
  });

  it('are found without reading reports of devices that did not change', async () => {
    await database.query(`UPDATE device_desired SET bundle_sha256 = 'b3' WHERE model = 'tiny'`);
    const store = new AwaitedBundleStore();
    const asked: string[][] = [];
    const watched = Object.assign(Object.create(store) as AwaitedBundleStore, {
      awaiting: (runner: QueryRunner, devices: readonly string[]) => {
        asked.push([...devices].sort());
        return store.awaiting(runner, devices);
      },
    });
    const awaited = awaitedBundles(watched);
    const runner = database.createQueryRunner();
    try {
      expect(await awaited.read(runner)).toEqual(DEVICES.map(() => ({ fleet: 'here', bundle: 'b3' })));
      expect(asked).toEqual([]);
      // Whatever is under way anywhere in the server may have changed what came after it: it is read until nothing is.
      do {
        asked.length = 0;
        await awaited.read(runner);
      } while (asked.length > 0);
      await report(database, 'cam-2', [{ slots: {} }]);
      await awaited.read(runner);
      expect(new Set(asked.flat())).toEqual(new Set(['cam-2']));
    } finally {
      await runner.release();
    }
  });
});

/** Another change of a rollout's row would wait for this one. */
const ofOneDevice = (runner: QueryRunner): Statements => ({
  query: (sql, parameters) =>
    sql.startsWith('UPDATE rollouts') ? Promise.resolve() : runner.query(sql, parameters),
});
