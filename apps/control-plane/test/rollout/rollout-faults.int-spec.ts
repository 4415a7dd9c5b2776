import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import { RolloutWorker } from '../../src/rollout/rollout-worker.js';
import { connectAgent } from '../support/connect-agent.js';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutReaches } from '../support/rollouts.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';

let place: TestPlace;
let plane: TestControlPlane;
let devices: FakeDevice[];

async function enrol(id: string): Promise<FakeDevice> {
  const device = await connectAgent(plane, id);
  devices.push(device);
  return device;
}

const start = async (wanted: Record<string, unknown> = {}): Promise<RolloutView> => {
  const answer = await plane.call<RolloutView>('POST', '/v1/rollouts', {
    model: 'tiny',
    version: '1.0.0',
    stages: '100%',
    watchSeconds: 0,
    ...wanted,
  });
  expect(answer.status).toBe(201);
  return answer.body;
};

const reaches = (id: string, state: RolloutView['state']): Promise<RolloutView> =>
  rolloutReaches(plane, id, state);

const count = async (sql: string): Promise<number> => {
  const [row] = await plane.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${sql}`);
  return row?.count ?? -1;
};

describe('a rollout under faults', () => {
  beforeEach(async () => {
    devices = [];
    place = await makeTestPlace();
    plane = await startTestControlPlane({}, place);
    await pushReleased(plane, { version: '1.0.0' });
  });
  afterEach(async () => {
    for (const device of devices) await device.stop();
    await plane.stop();
    await place.discard();
  });

  it('leaves nothing behind where a decision dies before its commit, and decides again', async () => {
    const device = await enrol('cam-1');
    await plane.database.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'power cut'; END $$;
      CREATE TRIGGER die BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION die()`);
    const { id } = await start();
    await eventually(
      'a decision that failed',
      async () => (await count(`rollouts WHERE wake_at > now() + interval '20 seconds'`)) === 1,
    );
    expect(await count('deployments')).toBe(0);
    expect(await count('device_desired')).toBe(0);
    expect(device.manifests).toEqual([]);
    await plane.database.query(`DROP TRIGGER die ON outbox; UPDATE rollouts SET wake_at = now()`);
    await reaches(id, 'succeeded');
    expect(device.manifests.map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('pauses a rollout that cannot be decided on, and goes on once it is resumed', async () => {
    await enrol('cam-1');
    await plane.database.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a bug'; END $$;
      CREATE TRIGGER die BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION die()`);
    const { id } = await start();
    const worker = plane.app.get(RolloutWorker, { strict: false });
    const paused = await eventually('the rollout is paused', async () => {
      await plane.database.query(`UPDATE rollouts SET wake_at = now()`);
      await worker.decideNext();
      const { body } = await plane.call<RolloutView>('GET', `/v1/rollouts/${id}`);
      return body.state === 'paused' && body;
    });
    expect(paused.reason).toMatch(/^it could not be decided on 2\d times in a row/);
    expect(await count(`rollout_events WHERE kind = 'paused'`)).toBe(1);
    await plane.database.query(`DROP TRIGGER die ON outbox`);
    expect((await plane.call('POST', `/v1/rollouts/${id}/resume`)).status).toBe(200);
    await reaches(id, 'succeeded');
    expect(await count('rollouts WHERE decision_failures > 0')).toBe(0);
  });

  it('decides on the others where one cannot be read, and leaves that one out of the list', async () => {
    await enrol('cam-1');
    const other = await enrol('cam-2');
    const broken = (await start({ where: 'id=cam-1', watchSeconds: 3600 })).id;
    await reaches(broken, 'running');
    await plane.database.query(
      `UPDATE rollouts SET status = status || '{"schema":"hamon.rollout-status/9"}', wake_at = now(), rest_until = now()
       WHERE id = $1`,
      [broken],
    );
    const { id } = await start({ where: 'id=cam-2' });
    await reaches(id, 'succeeded');
    expect(other.slots.current?.version).toBe('1.0.0');
    expect(await count(`rollouts WHERE decision_failures > 0 AND id = '${broken}'`)).toBe(1);
    const { status, body } = await plane.call<{ items: { id: string }[] }>('GET', '/v1/rollouts');
    expect([status, body.items.map((item) => item.id)]).toEqual([200, [id]]);
  });

  it('assigns each device once, however many workers decide at once', async () => {
    for (let i = 0; i < 4; i++) await enrol(`cam-${i}`);
    const worker = plane.app.get(RolloutWorker, { strict: false });
    const { id } = await start();
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 6 }, () => worker.decideNext()));
    }
    await reaches(id, 'succeeded');
    expect(await count('deployments')).toBe(4);
    expect(devices.map(({ manifests }) => manifests.map(({ sequence }) => sequence))).toEqual([
      [1],
      [1],
      [1],
      [1],
    ]);
  });

  it('goes on where it was after a restart, with a broker that forgot everything', async () => {
    const early = await enrol('cam-1');
    const late = await enrol('cam-2');
    await late.stop();
    await eventually('cam-2 offline', async () => (await count(`devices WHERE NOT online`)) === 1);
    const { id } = await start({ stages: '1,100%', approve: 'manual' });
    await reaches(id, 'awaiting-approval');
    await early.stop();
    await plane.stop();

    plane = await startTestControlPlane({}, place);
    await early.connect(plane.mqttUrl);
    expect((await plane.call<RolloutView>('POST', `/v1/rollouts/${id}/approve`)).status).toBe(200);
    // Its manifest and its chunks exist in the new broker only because they were published again.
    await late.connect(plane.mqttUrl);
    const end = await reaches(id, 'succeeded');
    expect(end.progress).toEqual({ committed: 2 });
    expect(late.slots.current?.version).toBe('1.0.0');
    expect(early.manifests).toHaveLength(1);
  });

  it('publishes each chunk once for all devices, and withdraws it when no device wants it', async () => {
    for (let i = 0; i < 3; i++) await enrol(`cam-${i}`);
    const { id } = await start();
    await reaches(id, 'succeeded');
    const chunks = await count('(SELECT DISTINCT sha256 FROM bundle_chunks) AS all_chunks');
    expect(await count('published_chunks')).toBe(chunks);
    const { ChunkPublisher } = await import('../../src/registry/chunk-publisher.js');
    await eventually('every chunk withdrawn', async () => {
      plane.app.get(ChunkPublisher, { strict: false }).kick();
      return (await count('published_chunks')) === 0;
    });
  });

  it('continues above a sequence that was signed twice, before and after the database went back', async () => {
    const device = await enrol('cam-1');
    await reaches((await start()).id, 'succeeded');
    const [first] = await plane.database.query<Record<string, unknown>[]>(`SELECT * FROM device_desired`);
    await pushReleased(plane, { version: '2.0.0' });
    await reaches((await start({ version: '2.0.0' })).id, 'succeeded');
    const held = device.highest;
    expect(held?.sequence).toBe(2);

    // The device is away while the older copy signs its own number 2.
    await device.stop();
    await plane.database.query(
      `UPDATE device_desired SET sequence = 1, jws = $1, deployment_id = $2, version_id = $3, bundle_sha256 = $4`,
      [
        JSON.stringify(first?.['jws']),
        first?.['deployment_id'],
        first?.['version_id'],
        first?.['bundle_sha256'],
      ],
    );
    await pushReleased(plane, { version: '3.0.0' });
    const { id } = await start({ version: '3.0.0' });
    await eventually(
      'number 2 signed again',
      async () => (await count(`device_desired WHERE sequence = 2`)) === 1,
    );

    await device.connect(plane.mqttUrl);
    await eventually('a manifest above the one it holds', () => device.highest?.sequence === 3);
    expect(device.manifests.at(-1)?.version).toBe('3.0.0');
    await reaches(id, 'succeeded');
    // Its own manifest, reported again and again, changes nothing.
    await device.report();
    await device.report();
    await reaches((await start({ version: '2.0.0' })).id, 'succeeded');
    expect(device.highest?.sequence).toBe(4);
  });

  it('does not wait for windows whose transactions another database server counted', async () => {
    const devices = [await enrol('cam-1'), await enrol('cam-2')];
    await reaches((await start()).id, 'succeeded');
    await pushReleased(plane, { version: '2.0.0' });
    await eventually('windows', async () => (await count('windows')) >= 2);
    // As a dump of a server with more transactions leaves them.
    await plane.database.query(
      `UPDATE windows SET txid = (pg_current_xact_id()::text::bigint + 1000000)::text::xid8`,
    );
    for (const device of devices) await device.stop();
    await plane.stop();

    plane = await startTestControlPlane({}, place);
    for (const device of devices) await device.connect(plane.mqttUrl);
    const { id } = await start({ version: '2.0.0', stages: '1,100%', approve: 'manual' });
    await reaches(id, 'awaiting-approval');
    await eventually(
      'nothing to look for until the next heartbeat',
      async () =>
        (await count(`rollouts WHERE ended_at IS NULL AND wake_at > now() + interval '5 seconds'`)) === 1,
    );
  });

  it("does not follow a sequence that is claimed without a proof of the control plane's own", async () => {
    const device = await enrol('cam-1');
    await reaches((await start()).id, 'succeeded');
    const proof = device.highest?.proof;
    if (!proof) throw new Error('no manifest');
    const other = await enrol('cam-2');
    // A mere claim, and another device's manifest as proof.
    for (const claimed of [
      { sequence: 1_000_000, proof: { ...proof, signatures: [{ protected: 'e30', signature: 'AA' }] } },
      { sequence: 1_000_000, proof },
    ]) {
      other.highest = claimed;
      await other.report();
    }
    await eventually('both claims counted', async () => {
      const metrics = await fetch(`${plane.url}/metrics`).then((answer) => answer.text());
      return /hamon_peer_messages_refused_total\{what="sequence-claim"\} [1-9]/.test(metrics);
    });
    expect(await count(`device_desired WHERE sequence > 1`)).toBe(0);
  });

  it('signs anew before the manifest expires, which is no deployment of its own', async () => {
    const device = await enrol('cam-1');
    await reaches((await start()).id, 'succeeded');
    await device.stop();
    await plane.stop();
    // Half of ten days is more than the seven that were left.
    plane = await startTestControlPlane({ HAMON_MANIFEST_TTL: '20d' }, place);
    await device.connect(plane.mqttUrl);
    await eventually('a renewed manifest', () => device.manifests.length === 2);
    const [first, second] = device.manifests;
    expect([second?.sequence, second?.bundle.sha256]).toEqual([2, first?.bundle.sha256]);
    expect(await count('deployments')).toBe(1);
  });

  it('sends a device that never got its version back to that version, not to nothing', async () => {
    await enrol('cam-1');
    const away = await enrol('cam-2');
    await away.stop();
    await eventually('cam-2 offline', async () => (await count(`devices WHERE NOT online`)) === 1);
    await reaches((await start()).id, 'succeeded');
    await pushReleased(plane, { version: '2.0.0' });
    for (const device of devices) behaveLikeAnAgent(device, ['2.0.0']);
    const { id } = await start({ version: '2.0.0' });
    const end = await reaches(id, 'rolled-back');
    expect(end.reason).toMatch(/^collapse/);
    await away.connect();
    await eventually('cam-2 running 1.0.0', () => away.slots.current?.version === '1.0.0');
    expect(away.manifests.map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('makes what a refusing device runs its desired version, once no rollout looks after it', async () => {
    const device = await enrol('cam-1');
    await reaches((await start()).id, 'succeeded');
    await pushReleased(plane, { version: '2.0.0' });
    const well = device.behave;
    device.behave = async (manifest) => {
      if (manifest.version !== '2.0.0') return well(manifest);
      const { model, version, variant, bundle, sequence } = manifest;
      const reason = { code: 'latency-budget' as const, detail: 'p95 of 80 ms' };
      await device.progress({ model, version, variant, bundle: bundle.sha256, sequence }, 'refused', reason);
    };
    const end = await reaches((await start({ version: '2.0.0' })).id, 'rolled-back');
    expect(end.reason).toContain('latency-budget');
    await eventually('1.0.0 desired again', () => device.manifests.at(-1)?.version === '1.0.0');
    expect(device.slots.current?.version).toBe('1.0.0');
  });
});
