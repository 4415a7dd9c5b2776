import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  deviceTopic,
  GeneralJws,
  type AuditEntryView,
  type ReportedState,
  type RolloutView,
} from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, signManifest, thumbprint } from '@hamon/trust';
import { AbandonedTargets } from '../../src/trust/abandoned-targets.js';
import { HIGHEST_CONTINUED } from '../../src/trust/continuation.js';
import { ManifestKey } from '../../src/platform/keys/manifest-key.js';
import { connectAgent } from '../support/connect-agent.js';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { tryEnrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { runningVersion, type FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutOf } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;
let other: FakeDevice;
let named = 0;

async function start(version: string, where = `id=${device.id}`, watchSeconds = 0): Promise<string> {
  const wanted = { model: 'tiny', version, where, stages: '100%', watchSeconds };
  const { status, body } = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
  expect(status).toBe(201);
  return body.id;
}

const succeed = async (version: string, where?: string): Promise<void> => {
  expect((await rolloutEnds(plane, await start(version, where))).state).toBe('succeeded');
};

/** The report is sent unchanged, whatever it says of the model, and of frames. */
async function say({ frames, ...change }: Record<string, unknown>): Promise<void> {
  const { fleet } = device.identity;
  const ofModel = {
    ...{ model: 'tiny', slots: device.slots, deployment: device.deployment, rejection: null, rejected: null },
    ...{ highestSequence: device.highest?.sequence ?? null, proof: device.highest?.proof ?? null },
    ...change,
  };
  const report = {
    ...{ schema: 'hamon.reported/2', device: device.id, at: new Date().toISOString(), facts: device.facts },
    ...{ models: [ofModel], maxModels: 16, floor: 0, orders: [], rejection: null },
    frames: frames ?? { accepted: 0, answered: 0, skipped: 0 },
  };
  const topic = deviceTopic('reported', fleet, device.id);
  await device.client.publishAsync(topic, JSON.stringify(report), { qos: 1, retain: true });
}

/** All earlier messages have been handled once a report that changes something is. */
async function settled(): Promise<void> {
  const skipped = ++named;
  await eventually('the last report', async () => {
    // Again where the device has said something else meanwhile.
    await say({ frames: { accepted: 0, answered: 0, skipped } });
    const [row] = await plane.database.query<{ reported: ReportedState }[]>(
      `SELECT reported FROM devices WHERE id = $1`,
      [device.id],
    );
    return row?.reported.frames.skipped === skipped;
  });
}

const desired = async (): Promise<{ sequence: string; version: string | null }> => {
  const [row] = await plane.database.query<{ sequence: string; version: string | null }[]>(
    `SELECT w.sequence, v.version FROM device_desired w LEFT JOIN versions v ON v.id = w.version_id WHERE w.device = $1`,
    [device.id],
  );
  return row as { sequence: string; version: string | null };
};

const ledger = async (): Promise<readonly AuditEntryView[]> => {
  const { body } = await plane.call<{ items: AuditEntryView[] }>('GET', '/v1/audit?limit=200');
  return body.items.filter(({ action, subject }) => action === 'device.ahead' && subject === device.id);
};

const bundleOf = async (version: string): Promise<string> => {
  const rows = await plane.database.query<{ bundle: string }[]>(
    `SELECT x.bundle_sha256 AS bundle FROM variants x JOIN versions v ON v.id = x.version_id WHERE v.version = $1`,
    [version],
  );
  return rows[0]?.bundle ?? '';
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** The same 64 bytes in every other spelling that a tolerant decoder accepts. */
function respelled(proof: GeneralJws): GeneralJws[] {
  const { protected: head, signature } = proof.signatures[0] as GeneralJws['signatures'][0];
  const bytes = Buffer.from(signature, 'base64url');
  const texts = [
    ...[...ALPHABET].map((last) => signature.slice(0, -1) + last),
    `${signature}==`,
    `${signature} `,
  ];
  return texts
    .filter((text) => text !== signature && Buffer.from(text, 'base64url').equals(bytes))
    .map((text) => ({ payload: proof.payload, signatures: [{ protected: head, signature: text }] }));
}

describe('a device with made-up reports', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    await pushReleased(plane, { version: '2.0.0' });
    await pushReleased(plane, { version: '3.0.0', release: false });
  });
  afterAll(async () => {
    await plane.discard();
  });
  beforeEach(async () => {
    device = await connectAgent(plane, `cam-${++named}`);
    await succeed('1.0.0');
  });
  afterEach(async () => {
    await device.stop();
  });

  it('gets nothing signed for another spelling of a signature, and ends no rollout', async () => {
    other = await connectAgent(plane, `cam-${++named}`);
    const where = `id in (${device.id},${other.id})`;
    await succeed('1.0.0', `id=${other.id}`);
    const rollout = await start('2.0.0', where, 3600);
    const ours = await eventually(
      '2.0.0 to run',
      () => (device.slots.current?.version === '2.0.0' && device.highest) || false,
    );
    const before = await desired();
    const version = { ...runningVersion(device.manifests.at(-1) as never) };
    const lie = { ...version, version: '3.0.0', bundle: await bundleOf('3.0.0') };
    for (const proof of respelled(ours.proof)) {
      await say({
        ...{ proof, slots: { ...device.slots, current: lie } },
        deployment: { version, state: 'rolled-back', chunks: { have: 0, total: 0 }, reason: null },
      });
    }
    await settled();
    expect(await desired()).toEqual(before);
    expect(await ledger()).toEqual([]);
    expect(await rolloutOf(plane, rollout)).toMatchObject({ state: 'running', endedAt: null });
    await plane.call('POST', `/v1/rollouts/${rollout}/abort`);
    await other.stop();
  });

  it('advances no deployment without proof of its manifest', async () => {
    const former = device.highest;
    const rollout = await start('2.0.0', undefined, 3600);
    await eventually('2.0.0 to run', () => device.slots.current?.version === '2.0.0' && device.deployment);
    const { deployment } = device;
    const state = async () => (await rolloutOf(plane, rollout)).endedAt;
    for (const sequence of [2, 1_000_000]) {
      const version = { ...deployment?.version, sequence };
      const claim = { ...deployment, version, state: 'rolled-back' };
      await say({ deployment: claim, highestSequence: former?.sequence, proof: former?.proof });
      await say({ deployment: claim, highestSequence: null, proof: null });
      if (sequence > 2) await say({ deployment: claim, highestSequence: sequence });
    }
    await settled();
    expect(await state()).toBeNull();
    const [row] = await plane.database.query<{ state: string }[]>(
      `SELECT p.state FROM deployments p JOIN device_desired w ON w.deployment_id = p.id WHERE w.device = $1`,
      [device.id],
    );
    expect(row?.state).toBe('committed');
    await plane.call('POST', `/v1/rollouts/${rollout}/abort`);
  });

  it('chooses no version, released or not, when the database is truly behind it', async () => {
    await succeed('2.0.0');
    await plane.database.query(`UPDATE device_desired SET sequence = 1, jws = NULL WHERE device = $1`, [
      device.id,
    ]);
    const version = runningVersion(device.manifests.at(-1) as never);
    const current = { ...version, version: '3.0.0', bundle: await bundleOf('3.0.0') };
    const chunks = { have: 0, total: 0 };
    await say({
      ...{ slots: { ...device.slots, current } },
      deployment: { version, state: 'rolled-back', chunks, reason: null },
    });
    await eventually('an entry', async () => (await ledger()).length === 1);
    expect(await ledger()).toMatchObject([{ detail: { decided: 'clear' } }]);
    expect(await desired()).toEqual({ sequence: '2', version: null });
  });

  it('gets no unreleased version, though our own signature names it', async () => {
    const key = plane.app.get(ManifestKey, { strict: false }).signing;
    const last = device.manifests.at(-1) as never as Parameters<typeof signManifest>[0];
    const unreleased = {
      ...last,
      version: '3.0.0',
      bundle: { ...last.bundle, sha256: await bundleOf('3.0.0') },
    };
    const proof = await signManifest({ ...unreleased, sequence: 7, issuedAt: new Date().toISOString() }, key);
    await say({ highestSequence: 7, proof });
    await eventually('an entry', async () => (await ledger()).length === 1);
    expect(await ledger()).toMatchObject([{ detail: { sequence: 7, decided: 'clear' } }]);
    expect(await desired()).toEqual({ sequence: '7', version: null });
  });

  /** Reports that it gave up its target, and runs `version`. */
  const giveUpFor = async (version: string): Promise<void> => {
    const given = runningVersion(device.manifests.at(-1) as never);
    const current = { ...given, version, bundle: await bundleOf(version) };
    const chunks = { have: 0, total: 0 };
    const reason = { code: 'worker-crashed', detail: 'five times' };
    await say({
      slots: { ...device.slots, current },
      deployment: { version: given, state: 'rolled-back', chunks, reason },
    });
    await eventually('its word to be stored', async () => {
      const [row] = await plane.database.query<{ state: string }[]>(
        `SELECT p.state FROM deployments p JOIN device_desired w ON w.deployment_id = p.id WHERE w.device = $1`,
        [device.id],
      );
      return row?.state === 'rolled-back';
    });
  };

  it('gets no unreleased version signed by giving its target up and reporting to run that version', async () => {
    await succeed('2.0.0');
    await giveUpFor('3.0.0');
    await plane.app.get(AbandonedTargets, { strict: false }).settle(new AbortController().signal);
    expect((await desired()).version).toBeNull();
  });

  it('gets nothing signed once it gave up its target again and again', async () => {
    await succeed('2.0.0');
    const before = Number((await desired()).sequence);
    const settle = () =>
      plane.app.get(AbandonedTargets, { strict: false }).settle(new AbortController().signal);
    device.behave = () => Promise.resolve();
    for (let round = 0; round < 8 && (await desired()).version !== null; round++) {
      await giveUpFor((await desired()).version === '1.0.0' ? '2.0.0' : '1.0.0');
      await settle();
      const { sequence, version } = await desired();
      if (version === null) continue;
      await eventually('it to hold what was signed', () => device.highest?.sequence === Number(sequence));
    }
    expect(await desired()).toEqual({ sequence: String(before + 6), version: null });
    // A person's rollout counts all the same.
    behaveLikeAnAgent(device);
    await succeed('1.0.0');
  });

  it('hands no unreleased version on to new hardware', async () => {
    await succeed('2.0.0');
    await giveUpFor('3.0.0');
    const wanted = { uses: 1, ttlSeconds: 600, replaces: device.id };
    const { body } = await plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', wanted);
    expect((await tryEnrol(plane, body.token, await generateSigningKey())).status).toBe(201);
    expect((await desired()).version).not.toBe('3.0.0');
  });

  it('is never sent back to an unreleased version that it says it ran', async () => {
    const version = runningVersion(device.manifests.at(-1) as never);
    device.slots = {
      ...device.slots,
      current: { ...version, version: '3.0.0', bundle: await bundleOf('3.0.0') },
    };
    await say({});
    await eventually('its word to be stored', async () => {
      const { body } = await plane.call<{ current: { version: string } }>('GET', `/v1/devices/${device.id}`);
      return body.current.version === '3.0.0';
    });
    const rollout = await start('2.0.0', undefined, 3600);
    await eventually('2.0.0 to run', () => device.slots.current?.version === '2.0.0');
    await plane.call('POST', `/v1/rollouts/${rollout}/abort`, { rollback: true });
    await rolloutEnds(plane, rollout);
    expect((await desired()).version).toBe('1.0.0');
  });

  it('at the end of all sequences is one bad item, and the others are stored', async () => {
    const key = plane.app.get(ManifestKey, { strict: false }).signing;
    const last = device.manifests.at(-1) as never as Parameters<typeof signManifest>[0];
    const before = await desired();
    const sequence = HIGHEST_CONTINUED + 1;
    await say({ highestSequence: sequence, proof: await signManifest({ ...last, sequence }, key) });
    await say({ highestSequence: Number.MAX_SAFE_INTEGER });
    await settled();
    expect(await desired()).toEqual(before);
    await succeed('2.0.0');
  });

  it('is told from one that rejects our own manifest, which ends its deployment with both key ids', async () => {
    const stranger = publicJwkOf(await generateSigningKey());
    const ours = device.identity.manifestKey;
    // A forged message that it rejected says nothing about its deployment.
    device.rejection = { code: 'manifest-malformed', detail: 'junk' };
    device.rejected = { sequence: null, digest: 'f'.repeat(64) };
    await device.report();
    await succeed('2.0.0');
    Object.assign(device.identity, { manifestKey: stranger });
    const ended = await rolloutEnds(plane, await start('1.0.0'));
    expect(ended.state).toBe('rolled-back');
    const [row] = await plane.database.query<{ state: string; reason: { code: string; detail: string } }[]>(
      `SELECT state, reason FROM deployments WHERE rollout_id = $1 ORDER BY created_at LIMIT 1`,
      [ended.id],
    );
    expect(row).toMatchObject({ state: 'refused', reason: { code: 'manifest-bad-signature' } });
    expect(row?.reason.detail).toContain(await thumbprint(ours));
    expect(row?.reason.detail).toContain(await thumbprint(stranger));
  });
});
