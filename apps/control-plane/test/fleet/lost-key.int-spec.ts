import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GeneralJws, type RolloutView } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import { connectAgent } from '../support/connect-agent.js';
import { enrolmentToken, tryEnrol } from '../support/enrol.js';
import { FakeDevice } from '../support/fake-device.js';
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
beforeAll(async () => {
  place = await makeTestPlace();
  plane = await startTestControlPlane({}, place);
});
afterAll(async () => {
  await plane.stop();
  await place.discard();
});

const keyFile = () => join(place.dataDir, 'keys', 'manifest.jwk');

test('a start without the key that devices pinned is refused and says what to do, and makes none', async () => {
  await FakeDevice.enrol(plane, 'cam-0');
  await plane.stop();
  const kept = await readFile(keyFile(), 'utf8');
  await rm(keyFile());
  const refused = startTestControlPlane({}, place);
  await expect(refused).rejects.toThrow(
    /manifest\.jwk is missing, the key that the one enrolled device has pinned: put it back from a backup.*HAMON_NEW_MANIFEST_KEY=true.*enrol --renew/,
  );
  await expect(access(keyFile())).rejects.toThrow(/ENOENT/);
  // With the key put back, all is as it was.
  await writeFile(keyFile(), kept, { mode: 0o600 });
  plane = await startTestControlPlane({}, place);
  // A retired device will never come back: it stops no start.
  await plane.database.query('UPDATE devices SET retired_at = now()');
  await plane.stop();
  await rm(keyFile());
  plane = await startTestControlPlane({}, place);
});

test('an unreadable key stops the start with its name', async () => {
  await plane.stop();
  const kept = await readFile(keyFile(), 'utf8');
  await rm(keyFile());
  await mkdir(keyFile());
  await expect(startTestControlPlane({}, place)).rejects.toThrow(`cannot read ${keyFile()}: EISDIR`);
  await rm(keyFile(), { recursive: true });
  await writeFile(keyFile(), kept, { mode: 0o600 });
  plane = await startTestControlPlane({}, place);
});

test('a device that enrols anew after the signing key was lost finds its manifest signed with the new one', async () => {
  await pushReleased(plane, { version: '1.0.0' });
  const device = await connectAgent(plane, 'cam-1');
  const wanted = { model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0 };
  const started = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
  await rolloutReaches(plane, started.body.id, 'succeeded');
  await device.stop();
  const loseKey = async () => {
    await plane.stop();
    await rm(keyFile());
    plane = await startTestControlPlane({ HAMON_NEW_MANIFEST_KEY: 'true' }, place);
  };
  await loseKey();
  const desired = async () => {
    const rows = await plane.database.query<{ jws: unknown }[]>('SELECT jws FROM device_desired');
    return GeneralJws.parse(rows[0]?.jws);
  };
  const lost = await desired();
  const token = await enrolmentToken(plane, { uses: 1 });
  const { body: view } = await tryEnrol(plane, token, device.key, { device: 'cam-1' });
  const expected = { fleet: view.fleet, device: 'cam-1', now: new Date() };
  expect((await verifyManifest(lost, view.manifestKey, expected)).ok).toBe(false);
  expect(await verifyManifest(await desired(), view.manifestKey, expected)).toMatchObject({
    ok: true,
    value: { version: '1.0.0', sequence: 2 },
  });

  // Nothing was lost this time.
  const signed = await desired();
  const last = await enrolmentToken(plane, { uses: 1 });
  await tryEnrol(plane, last, device.key);
  expect(await desired()).toEqual(signed);

  // Once more, and the device uses the same token as the last time.
  await loseKey();
  const { body: again } = await tryEnrol(plane, last, device.key);
  expect(await verifyManifest(await desired(), again.manifestKey, expected)).toMatchObject({
    ok: true,
    value: { version: '1.0.0', sequence: 3 },
  });
});
