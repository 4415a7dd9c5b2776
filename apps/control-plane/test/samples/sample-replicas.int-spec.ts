import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey } from '@hamon/trust';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SampleRetention } from '../../src/samples/sample-retention.js';
import { enrol, type TestDevice } from '../support/enrol.js';
import { metaOf, picture, sendSample, setPolicy } from '../support/samples.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';

let shared: string;
let place: TestPlace;
let planes: TestControlPlane[] = [];
let device: TestDevice;
beforeAll(async () => {
  place = await makeTestPlace();
  shared = await mkdtemp(join(tmpdir(), 'hamon-sample-replicas-'));
  const key = join(shared, 'manifest.jwk');
  await writeFile(key, JSON.stringify(await generateSigningKey()), { mode: 0o600 });
  const env = {
    HAMON_SAMPLES: join(shared, 'samples'),
    HAMON_MANIFEST_KEY_FILE: key,
    HAMON_ADMIN_TOKEN: 'a-token-for-both-replicas',
  };
  for (const name of ['a', 'b'])
    planes.push(await startTestControlPlane(env, { ...place, dataDir: join(shared, name) }));
  device = await enrol(first());
});
afterAll(async () => {
  for (const plane of planes) await plane.stop();
  planes = [];
  await place.discard();
  await rm(shared, { recursive: true, force: true });
});

const first = (): TestControlPlane => planes[0] as TestControlPlane;
const files = (): string[] =>
  readdirSync(join(shared, 'samples', 'default'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  );

describe('two replicas', () => {
  it('keep one budget, however a device spreads its pictures', async () => {
    await setPolicy(first(), { maxBytesPerDeviceDay: 5 * 4096 + 1000 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => sendSample(planes[at % 2] as TestControlPlane, device)),
    );
    const states = answers.map(({ answer }) => answer.status);
    // Some may find all turns of the device taken; none is kept beyond the budget.
    expect(states.filter((status) => status === 201)).toHaveLength(5);
    expect(new Set(states)).toEqual(new Set([201, 429]));
    expect(files()).toHaveLength(5);
  });

  it('take one sample once where it is sent to both, and either shows it', async () => {
    await setPolicy(first());
    const bytes = picture();
    const meta = metaOf(device.id, bytes);
    const sent = await Promise.all(planes.map((plane) => sendSample(plane, device, meta, bytes)));
    expect(sent.map(({ answer }) => answer.status).sort()).toEqual([200, 201]);
    for (const plane of planes) {
      const shown = await fetch(`${plane.url}/v1/samples/${meta.id}/picture`, {
        headers: { authorization: `Bearer ${plane.token}` },
      });
      expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
    }
  });

  it('delete what is due together, and count it once', async () => {
    await first().database.query(`UPDATE samples SET received_at = now() - interval '99 days'`);
    await Promise.all(planes.map((plane) => plane.app.get(SampleRetention, { strict: false }).sweep()));
    expect(files()).toEqual([]);
    const totals = await first().database.query<{ samples: string; bytes: string }[]>(
      'SELECT samples, bytes FROM sample_totals',
    );
    expect(totals).toEqual([{ samples: '0', bytes: '0' }]);
  });

  it('never delete a picture that is being sent again', async () => {
    const bytes = picture();
    for (let round = 0; round < 10; round += 1) {
      const meta = metaOf(device.id, bytes);
      await sendSample(first(), device, meta, bytes);
      await first().database.query(`UPDATE samples SET received_at = now() - interval '99 days'`);
      const [again] = await Promise.all([
        sendSample(first(), device, {}, bytes),
        ...planes.map((plane) => plane.app.get(SampleRetention, { strict: false }).sweep()),
      ]);
      // Where its file was deleted in between it is told to send it once more.
      expect([201, 503]).toContain(again.answer.status);
      expect(files()).toHaveLength(again.answer.status === 201 ? 1 : 0);
    }
  });
});
