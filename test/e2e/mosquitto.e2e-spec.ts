import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnrolmentTokenView } from '@hamon/contracts';
import { Mosquitto, whyNoMosquitto } from '@hamon/testing';
import { Link } from './support/link.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

if (whyNoMosquitto !== undefined) console.warn(`skipped: ${whyNoMosquitto}`);

(whyNoMosquitto === undefined ? describe : describe.skip)('with an operator’s Mosquitto', () => {
  let scene: Scene;
  let mosquitto: Mosquitto;
  let link: Link;

  beforeAll(async () => {
    scene = await Scene.open();
    mosquitto = await Mosquitto.withFilesOf(scene.controlPlane.dataDir);
    scene.controlPlane.env['MQTT_URL'] = `mqtt://_hamon:very-secret@127.0.0.1:${mosquitto.port}`;
    // Both may come first: the control plane writes the files, and goes on trying until the broker is there.
    const started = scene.start();
    await until('the files are written', () =>
      access(join(scene.controlPlane.dataDir, 'mosquitto', 'acl')).then(
        () => true,
        () => false,
      ),
    );
    await mosquitto.start();
    await started;
    link = await Link.to(scene.controlPlane.mqttUrl);
  });
  afterAll(async () => {
    await scene?.close();
    await mosquitto?.discard();
    await link?.close();
  });

  it('a device enrols, gets its versions, and does not mind a broker that forgets everything', async () => {
    const device = await scene.enrolled('camera-a', { mqttUrl: link.url });
    mosquitto.reload();
    await scene.online(device);
    await scene.bring([device], '1.0.0');

    link.holdAfter(20_000);
    const id = await scene.rollOut([device], { version: '2.0.0' });
    await until('the download is held', () => link.isHolding, { context: () => scene.logs() });
    expect((await device.status()).deployment?.state).toBe('downloading');
    await mosquitto.stop();
    await device.until('it knows', ({ connected }) => !connected);
    await mosquitto.start();
    link.release();

    expect(await scene.ended(id)).toMatchObject({ state: 'succeeded', devicesTouched: 1 });
    await device.runs('2.0.0');
    await device.settledFrames();
  });

  it('a device that was away while the broker forgot everything finds its manifest there', async () => {
    const device = await scene.enrolled('camera-b');
    mosquitto.reload();
    await scene.online(device);
    await scene.bring([device], '1.0.0');
    await device.stop();
    await scene.sees(device, false);
    const id = await scene.rollOut([device], { version: '2.0.0' });
    await scene.rollout(id, 'its manifest is published', ({ devicesTouched }) => devicesTouched === 1);
    await mosquitto.stop();
    await mosquitto.start();
    await scene.online(device);
    expect(await scene.ended(id)).toMatchObject({ state: 'succeeded' });
    await device.runs('2.0.0');
  });

  it('a device that is retired is cut off as soon as the broker reads its files again, and says why', async () => {
    const device = await scene.enrolled('camera-lost');
    mosquitto.reload();
    await scene.online(device);
    const { code } = await scene.hamon('device', 'retire', device.id, '--why', 'stolen');
    expect(code).toBe(0);
    mosquitto.reload();
    const shut = await device.until('it knows that it is shut out', ({ shutOut }) => shutOut !== null);
    expect(shut).toMatchObject({ connected: false, shutOut: expect.stringContaining('retired at') });
  });

  it('new hardware takes the place of hardware that is still connected', async () => {
    const former = await scene.enrolled('camera-worn');
    mosquitto.reload();
    await scene.online(former);
    await scene.bring([former], '1.0.0');
    const made = await scene.hamon('enrol-token', 'create', '--replace', former.id, '--ttl', '10m', '--json');
    const fresh = await scene.hardwareFor(
      former.id,
      EnrolmentTokenView.parse(JSON.parse(made.stdout)).token ?? '',
    );
    mosquitto.reload();
    await former.until('it knows that it is shut out', ({ shutOut }) => shutOut !== null);
    await fresh.start();
    await fresh.runs('1.0.0');
    expect((await former.status()).shutOut).toContain('other hardware answers for "camera-worn"');
  });
});
