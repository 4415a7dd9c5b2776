import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SampleRetention } from '../../src/samples/sample-retention.js';
import { enrol, type TestDevice } from '../support/enrol.js';
import { sha256 } from '../support/push.js';
import { label, otherFleet, picture, sendSample, setPolicy } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: TestDevice;
beforeAll(async () => {
  plane = await startTestControlPlane();
  device = await enrol(plane);
  await setPolicy(plane, { retentionDays: 7, maxBytesPerDeviceDay: 1024 ** 3 });
});
afterAll(() => plane.discard());

const path = (digest: string): string =>
  join(plane.dataDir, 'samples', 'default', digest.slice(0, 2), digest);
const sweep = (): Promise<void> => plane.app.get(SampleRetention, { strict: false }).sweep();
const age = (id: string, days: number): Promise<unknown> =>
  plane.database.query(`UPDATE samples SET received_at = now() - make_interval(days => $2) WHERE id = $1`, [
    id,
    days,
  ]);
const status = async (id: string): Promise<number> => (await plane.call('GET', `/v1/samples/${id}`)).status;
const totals = async (): Promise<{ samples: number; bytes: number }> => {
  const [row] = await plane.database.query<{ samples: string; bytes: string }[]>(
    'SELECT samples, bytes FROM sample_totals',
  );
  return { samples: Number(row?.samples), bytes: Number(row?.bytes) };
};

describe('a sample', () => {
  it('is deleted with its picture and its labels after the time that the fleet says, and makes room', async () => {
    const [old, young] = [await sendSample(plane, device), await sendSample(plane, device)];
    await label(plane, old.meta.id, { task: 'classification', label: 'a' });
    await age(old.meta.id, 8);
    await age(young.meta.id, 6);
    const before = await totals();
    await sweep();
    expect([await status(old.meta.id), await status(young.meta.id)]).toEqual([404, 200]);
    expect([existsSync(path(old.meta.sha256)), existsSync(path(young.meta.sha256))]).toEqual([false, true]);
    expect(await plane.database.query('SELECT 1 FROM sample_labels')).toEqual([]);
    expect(await totals()).toEqual({ samples: before.samples - 1, bytes: before.bytes - 4096 });
    const { body } = await plane.call('GET', '/v1/audit?action=sample.expire');
    expect(body).toMatchObject({ items: [{ actor: 'samples', detail: { deleted: 1, retentionDays: 7 } }] });
  });

  it('goes by the policy as it is now, and not by a later use of the switch', async () => {
    const { meta } = await sendSample(plane, device);
    await age(meta.id, 5);
    await plane.call('PUT', '/v1/fleet/policy', {
      schema: 'hamon.fleet-policy/1',
      samples: { upload: false, retentionDays: 7 },
    });
    await sweep();
    expect(await status(meta.id)).toBe(200);
    await setPolicy(plane, { retentionDays: 4, maxBytesPerDeviceDay: 1024 ** 3 });
    await sweep();
    expect(await status(meta.id)).toBe(404);
  });

  it('leaves the picture where another sample has the same', async () => {
    const bytes = picture();
    const [old, young] = [
      await sendSample(plane, device, {}, bytes),
      await sendSample(plane, device, {}, bytes),
    ];
    await age(old.meta.id, 100);
    await sweep();
    expect([await status(old.meta.id), await status(young.meta.id)]).toEqual([404, 200]);
    expect(existsSync(path(young.meta.sha256))).toBe(true);
  });

  it('can still be read to its end by whoever had begun', async () => {
    const bytes = picture(4 * 1024 ** 2);
    const { meta } = await sendSample(plane, device, {}, bytes);
    await age(meta.id, 100);
    const answer = await fetch(`${plane.url}/v1/samples/${meta.id}/picture`, {
      headers: { authorization: `Bearer ${plane.token}` },
    });
    await sweep();
    expect(existsSync(path(meta.sha256))).toBe(false);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await status(meta.id)).toBe(404);
  });

  it('is deleted in batches, however many are due', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i += 1) ids.push((await sendSample(plane, device)).meta.id);
    // Copies of one row: three batches of them.
    await plane.database.query(
      `INSERT INTO samples (fleet, id, device, stream, at, received_at, reasons, sha256, bytes, meta, charged)
       SELECT fleet, gen_random_uuid(), device, stream, at, now() - interval '100 days', reasons, sha256, bytes, meta, charged
       FROM samples, generate_series(1, 1100) WHERE id = $1`,
      [ids[0]],
    );
    await plane.database.query(
      `UPDATE sample_totals SET samples = samples + 1100, bytes = bytes + 1100 * 4096`,
    );
    const before = await totals();
    await sweep();
    expect(await totals()).toEqual({ samples: before.samples - 1100, bytes: before.bytes - 1100 * 4096 });
    expect(await status(ids[0] ?? '')).toBe(200);
  });
});

describe('a sample that somebody deletes', () => {
  it('is gone with its picture, by a reason that is kept', async () => {
    const { meta } = await sendSample(plane, device);
    await label(plane, meta.id, { task: 'classification', label: 'a' });
    const before = await totals();
    const remove = (why: string) =>
      plane.call('DELETE', `/v1/samples/${meta.id}?why=${encodeURIComponent(why)}`);
    expect(await remove('')).toMatchObject({ status: 400 });
    expect(await remove('shows a visitor')).toMatchObject({
      status: 200,
      body: { schema: 'hamon.deleted-sample/1', id: meta.id },
    });
    expect([await status(meta.id), existsSync(path(meta.sha256))]).toEqual([404, false]);
    expect(await totals()).toEqual({ samples: before.samples - 1, bytes: before.bytes - 4096 });
    const { body } = await plane.call('GET', `/v1/audit?subject=${meta.id}&action=sample.delete`);
    expect(body).toMatchObject({ items: [{ actor: 'admin:bootstrap', detail: { why: 'shows a visitor' } }] });
    expect(await remove('again')).toMatchObject({ status: 404, body: { code: 'sample-not-found' } });
  });

  it('is not deleted by another fleet', async () => {
    const { meta } = await sendSample(plane, device);
    const other = await otherFleet(plane);
    const refused = await plane.call('DELETE', `/v1/samples/${meta.id}?why=x`, undefined, other);
    expect([refused.status, await status(meta.id)]).toEqual([404, 200]);
  });
});

describe('a file without a sample', () => {
  async function leave(ageMs: number): Promise<string> {
    const bytes = picture();
    const digest = sha256(bytes);
    await mkdir(dirname(path(digest)), { recursive: true });
    await writeFile(path(digest), bytes);
    const at = new Date(Date.now() - ageMs);
    await utimes(path(digest), at, at);
    return digest;
  }

  it('as a process leaves it that is killed between the two, is found and removed', async () => {
    const [old, young] = [await leave(2 * 3_600_000), await leave(0)];
    await plane.app.get(SampleRetention, { strict: false }).removeLeft();
    expect(existsSync(path(old))).toBe(false);
    // It may be about to become one.
    expect(existsSync(path(young))).toBe(true);
  });
});
