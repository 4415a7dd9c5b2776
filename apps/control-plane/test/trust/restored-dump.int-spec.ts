import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_DEVICE_POLICY,
  type AuditEntryView,
  type Manifest,
  type RolloutView,
} from '@hamon/contracts';
import { DesiredStateService } from '../../src/trust/desired-state.service.js';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { newModelState } from '../support/model-state.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;

async function rollOut(version: string, model = 'tiny'): Promise<void> {
  const wanted = { model, version, where: `id=${device.id}`, stages: '100%', watchSeconds: 0 };
  const answer = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
  expect(answer.status).toBe(201);
  expect((await rolloutEnds(plane, answer.body.id)).state).toBe('succeeded');
}

/** The former rows of the tables that a rollout changes. */
async function takeDump(): Promise<() => Promise<void>> {
  const { database } = plane;
  const [desired] = await database.query<{ row: unknown }[]>(
    `SELECT to_jsonb(w) AS row FROM device_desired w WHERE device = $1`,
    [device.id],
  );
  const kept = await database.query<{ id: string }[]>(`SELECT id FROM rollouts`);
  const ids = kept.map(({ id }) => id);
  return async () => {
    await database.query(`DELETE FROM device_desired WHERE device = $1`, [device.id]);
    await database.query(`DELETE FROM rollout_members WHERE NOT rollout_id = ANY ($1::uuid[])`, [ids]);
    await database.query(`DELETE FROM deployments WHERE NOT rollout_id = ANY ($1::uuid[])`, [ids]);
    await database.query(`DELETE FROM rollout_events WHERE NOT rollout_id = ANY ($1::uuid[])`, [ids]);
    await database.query(`DELETE FROM rollouts WHERE NOT id = ANY ($1::uuid[])`, [ids]);
    await database.query(
      `INSERT INTO device_desired SELECT * FROM jsonb_populate_record(NULL::device_desired, $1)`,
      [JSON.stringify(desired?.row)],
    );
  };
}

const ledger = async (): Promise<readonly AuditEntryView[]> => {
  const { body } = await plane.call<{ items: AuditEntryView[] }>('GET', '/v1/audit?limit=200');
  return body.items.filter(({ action, subject }) => action === 'device.ahead' && subject === device.id);
};

describe('a database that was restored from an older dump', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    await pushReleased(plane, { version: '2.0.0' });
  });
  afterAll(async () => {
    await plane.discard();
  });
  afterEach(async () => {
    await device.stop();
  });

  it('adopts what the device proves that we signed, above the sequence that it holds', async () => {
    device = await connectAgent(plane, 'cam-1');
    await rollOut('1.0.0');
    const restore = await takeDump();
    await rollOut('2.0.0');
    expect(device.highest?.sequence).toBe(2);
    await restore();
    await device.report();
    await eventually('a manifest above the proven sequence', () => device.highest?.sequence === 3);
    expect(device.manifests.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0', '2.0.0']);
    expect(await ledger()).toMatchObject([{ detail: { sequence: 2, version: '2.0.0', decided: 'adopt' } }]);
    // Its own manifest, reported again, changes nothing; and the next rollout finds the device as it is.
    await device.report();
    await rollOut('1.0.0');
    expect(device.highest?.sequence).toBe(4);
    expect(await ledger()).toHaveLength(1);
  });

  it('desires nothing where the restored registry does not have that version', async () => {
    device = await connectAgent(plane, 'cam-2');
    await rollOut('1.0.0');
    const restore = await takeDump();
    await rollOut('2.0.0');
    await restore();
    // As if it had been pushed after the dump.
    await plane.database.query(
      `UPDATE variants SET bundle_sha256 = repeat('0', 64) WHERE version_id = (SELECT id FROM versions WHERE version = '2.0.0')`,
    );
    await device.report();
    await eventually('an entry in the ledger', async () => (await ledger()).length === 1);
    expect(await ledger()).toMatchObject([{ detail: { version: '2.0.0', decided: 'clear' } }]);
    const [desired] = await plane.database.query<{ sequence: string; jws: unknown }[]>(
      `SELECT sequence, jws FROM device_desired WHERE device = $1`,
      [device.id],
    );
    expect(desired).toEqual({ sequence: '2', jws: null });
    expect(device.manifests).toHaveLength(2);
    await rollOut('1.0.0');
    expect(device.slots.current?.version).toBe('1.0.0');
    expect(device.highest?.sequence).toBe(3);
  });

  it('adopts a model that it never heard of, though the device holds a lower sequence of it than of another', async () => {
    await pushReleased(plane, { model: 'other' });
    await pushReleased(plane, { version: '3.0.0' });
    device = await connectAgent(plane, 'cam-3');
    await rollOut('1.0.0');
    const restore = await takeDump();
    await rollOut('1.0.0', 'other');
    for (const version of ['3.0.0', '1.0.0', '3.0.0']) await rollOut(version);
    const [tiny, other] = [
      device.of('tiny').highest?.sequence ?? 0,
      device.of('other').highest?.sequence ?? 0,
    ];
    expect(other).toBeLessThan(tiny);
    await restore();
    await device.report();
    await eventually('manifests above both', () =>
      [...device.models.values()].every(({ highest }) => (highest?.sequence ?? 0) > tiny),
    );
    const decided = (await ledger()).map(({ detail }) => detail);
    expect(decided).toHaveLength(2);
    expect(decided).toEqual(
      expect.arrayContaining([
        { model: 'tiny', sequence: tiny, version: '3.0.0', decided: 'adopt' },
        { model: 'other', sequence: other, version: '1.0.0', decided: 'adopt' },
      ]),
    );
  });

  it('keeps what was decided later of another model where the agent runs one only', async () => {
    device = await FakeDevice.enrol(plane, 'cam-4');
    const { fleet } = device.identity;
    await plane.database.query(`UPDATE devices SET max_models = 1 WHERE id = 'cam-4'`);
    const [version] = await plane.database.query<{ id: string }[]>(
      `SELECT id FROM versions WHERE model = 'tiny' AND version = '1.0.0'`,
    );
    const service = plane.app.get(DesiredStateService, { strict: false });
    const issuedAt = new Date(Date.now() - 60_000).toISOString();
    const decided = await plane.database.transaction(async (manager) => {
      const targets = new Map([['cam-4', { versionId: version?.id ?? '', variant: 'fp32' }]]);
      const policy = DEFAULT_DEVICE_POLICY;
      await service.assign(manager, { fleet, model: 'tiny', targets, policy, rolloutId: null });
      const bundle = { sha256: 'a'.repeat(64), length: 1, chunks: [{ sha256: 'b'.repeat(64), length: 1 }] };
      const proven: Manifest = {
        ...{ schema: 'hamon.manifest/1', fleet, device: 'cam-4', sequence: 50, model: 'gone' },
        ...{ version: '1.0.0', variant: 'fp32', bundle, policy, issuedAt, expiresAt: issuedAt },
      };
      return service.continueAbove(manager, proven, '', newModelState());
    });
    expect(decided).toEqual({ kind: 'keep' });
    const rows = await plane.database.query<unknown[]>(
      `SELECT model, sequence::int AS sequence, jws IS NOT NULL AS announced FROM device_desired
       WHERE device = 'cam-4' ORDER BY model`,
    );
    expect(rows).toEqual([
      { model: 'gone', sequence: 50, announced: false },
      { model: 'tiny', sequence: 51, announced: true },
    ]);
  });
});
