import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reason, RolloutView } from '@hamon/contracts';
import { AbandonedTargets } from '../../src/trust/abandoned-targets.js';
import { DesiredStore } from '../../src/trust/desired.store.js';
import { connectAgent } from '../support/connect-agent.js';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { runningVersion, type FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutOf, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const CRASHED: Reason = { code: 'worker-crashed', detail: 'five times' };

let plane: TestControlPlane;
let devices: FakeDevice[];
let round = 0;

async function enrol(where: string, count: number): Promise<FakeDevice[]> {
  const made: FakeDevice[] = [];
  for (let i = 0; i < count; i++) {
    made.push(await connectAgent(plane, `${where}-${i}`, { labels: { where } }));
  }
  devices.push(...made);
  return made;
}

const start = async (wanted: Record<string, unknown>): Promise<RolloutView> => {
  const answer = await plane.call<RolloutView>('POST', '/v1/rollouts', {
    model: 'tiny',
    stages: '100%',
    watchSeconds: 0,
    ...wanted,
  });
  expect(answer.status).toBe(201);
  return answer.body;
};

/** What an agent does when its committed version crashes again and again. */
async function giveUp(device: FakeDevice): Promise<void> {
  const { current, previous } = device.slots;
  if (!current) throw new Error(`${device.id} runs nothing`);
  device.slots = { current: previous, previous: null, candidate: null };
  await device.progress(current, 'rolled-back', CRASHED);
}

describe('a version that a device gives up after committing it', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    await pushReleased(plane, { version: '2.0.0' });
  });
  afterAll(async () => {
    await plane.discard();
  });
  beforeEach(() => {
    devices = [];
    round += 1;
  });
  afterEach(async () => {
    for (const device of devices) await device.stop();
  });

  it('fails the stage that is watched', async () => {
    const made = await enrol(`watched-${round}`, 2);
    const where = `where=watched-${round}`;
    await rolloutEnds(plane, (await start({ version: '1.0.0', where })).id);
    const { id } = await start({ version: '2.0.0', where, stages: '1,100%', watchSeconds: 600 });
    const canary = await eventually('a canary that has committed', async () => {
      const { progress } = await rolloutOf(plane, id);
      return progress['committed'] === 1 && made.find(({ slots }) => slots.current?.version === '2.0.0');
    });
    await giveUp(canary);
    const end = await rolloutReaches(plane, id, 'rolled-back');
    expect(end.reason).toContain('worker-crashed');
    expect(end.devicesTouched).toBe(1);
    await eventually('1.0.0 desired again', () => canary.manifests.at(-1)?.version === '1.0.0');
  });

  it('is not signed again once the rollout has ended, and what the device runs is desired instead', async () => {
    const [device] = await enrol(`ended-${round}`, 1);
    if (!device) throw new Error('no device');
    const where = `where=ended-${round}`;
    await rolloutEnds(plane, (await start({ version: '1.0.0', where })).id);
    await rolloutEnds(plane, (await start({ version: '2.0.0', where })).id);
    const bad = device.manifests.at(-1);
    if (!bad) throw new Error('no manifest');
    await giveUp(device);
    const abandoned = plane.app.get(AbandonedTargets, { strict: false });
    await eventually('1.0.0 desired again', async () => {
      await abandoned.settle(new AbortController().signal);
      return device.manifests.at(-1)?.version === '1.0.0';
    });
    expect(device.manifests.filter(({ version }) => version === '2.0.0')).toEqual([bad]);
    expect(device.slots.current?.version).toBe('1.0.0');
  });

  it('never becomes the desired one where the device refuses the way back, and the device is named', async () => {
    const [device] = await enrol(`refusing-${round}`, 1);
    if (!device) throw new Error('no device');
    const where = `where=refusing-${round}`;
    await rolloutEnds(plane, (await start({ version: '1.0.0', where })).id);
    behaveLikeAnAgent(device, ['2.0.0']);
    const well = device.behave;
    device.behave = async (manifest) => {
      if (manifest.version !== '1.0.0') return well(manifest);
      const reason = { code: 'latency-budget' as const, detail: 'p95 of 80 ms' };
      await device.progress(runningVersion(manifest), 'refused', reason);
    };
    const { id } = await start({ version: '2.0.0', where });
    const end = await rolloutReaches(plane, id, 'rolled-back');
    expect(end.reason).toMatch(new RegExp(`^collapse.*; not back: ${device.id}: latency-budget$`));
    await plane.app.get(AbandonedTargets, { strict: false }).settle(new AbortController().signal);
    const [desired] = await plane.database.query<{ version_id: string | null; jws: unknown }[]>(
      `SELECT version_id, jws FROM device_desired WHERE device = $1`,
      [device.id],
    );
    expect(desired).toEqual({ version_id: null, jws: null });
    expect(device.manifests.filter(({ version }) => version === '2.0.0')).toHaveLength(1);
  });

  it('is not renewed where only its device reports it', async () => {
    const [device] = await enrol(`renewed-${round}`, 1);
    if (!device) throw new Error('no device');
    await rolloutEnds(plane, (await start({ version: '1.0.0', where: `where=renewed-${round}` })).id);
    const manifest = device.manifests.at(-1);
    if (!manifest) throw new Error('no manifest');
    const store = plane.app.get(DesiredStore, { strict: false });
    const due = () =>
      plane.database.transaction(async (manager) => {
        // Anything expires within a year; what is stored of the deployment says nothing.
        await manager.query(`UPDATE deployments SET state = 'committed' WHERE device = $1`, [device.id]);
        const rows = await store.lockExpiring(manager, 365 * 86_400, 100);
        return rows.some((row) => row.device === device.id);
      });
    expect(await due()).toBe(true);
    const says = (sequence: number) =>
      plane.database.query(
        `UPDATE reported_deployments SET bundle_sha256 = $2, sequence = $3, state = 'rolled-back' WHERE device = $1`,
        [device.id, runningVersion(manifest).bundle, sequence],
      );
    await says(manifest.sequence + 1);
    expect(await due()).toBe(false);
    // An earlier attempt with the same bundle.
    await says(manifest.sequence - 1);
    expect(await due()).toBe(true);
  });
});
