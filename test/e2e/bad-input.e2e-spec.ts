import { appendFile, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ClassificationSpec,
  desiredFilter,
  deviceTopic,
  messageSpec,
  topicOf,
  type BundleDocument,
} from '@hamon/contracts';
import { AlteringProxy } from './support/altering-proxy.js';
import { BareDevice } from './support/bare-device.js';
import { changedBundle, exampleBundle } from './support/bundles.js';
import type { Device } from './support/device.js';
import { hamon } from './support/hamon.js';
import { MODEL } from './support/root.js';
import { Scene } from './support/scene.js';
import { halfStored } from './support/stored-files.js';
import { until } from './support/until.js';

const FLEET = 'default';
const REFUSED = 'hamon_peer_messages_refused_total';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  await scene.start();
});
afterAll(() => scene.close());

describe('a person who pushes', () => {
  const names = async (): Promise<string[]> =>
    (await scene.api.versions(MODEL)).map(({ version }) => version);
  const push = (version: string, folder: string) =>
    scene.hamon('model', 'push', `${MODEL}@${version}`, '--bundle', folder);

  /** Exit code 1 and the reason; afterwards everything is as it was. */
  async function expectRefused(
    act: () => Promise<{ code: number; stderr: string; stdout: string }>,
    reason: RegExp,
  ): Promise<void> {
    const before = await names();
    const { code, stderr, stdout } = await act();
    expect(stderr).toMatch(reason);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await names()).toEqual(before);
    expect(await halfStored(scene.controlPlane.dataDir)).toEqual([]);
  }

  type Change = (document: BundleDocument, folder: string) => void | Promise<void>;
  const model = (folder: string): string => join(folder, 'model.fp32.onnx');

  it.each<[string, Change, RegExp]>([
    [
      'a truncated model',
      (_, folder) => truncate(model(folder), 20_000),
      /model-unloadable: variant fp32: model\.fp32\.onnx is no ONNX model/,
    ],
    [
      'an input name that the model does not have',
      ({ input }) => void (input.name = 'picture'),
      /input-mismatch.*input\.name is "picture", the model has "image"/,
    ],
    [
      'an input shape that the model does not take',
      ({ input }) => void (input.width = 64),
      /input-mismatch.*\[1, 1, 96, 64\], the model takes \[1, 1, 96, 96\]/,
    ],
    [
      'more labels than the model gives',
      (document) => {
        const { labels } = ClassificationSpec.parse(document.output);
        document.output = { ...document.output, labels: [...labels, 'rust'] } as BundleDocument['output'];
        delete document.golden;
      },
      /labels-mismatch.*5 labels/,
    ],
    [
      'a golden sample that fails',
      ({ golden }) => void Object.assign(golden![0]!.expect!, { label: 'scratch' }),
      /golden-mismatch.*golden\/0\.png/,
    ],
    [
      'a budget that no machine keeps',
      ({ budgets }) => void (budgets.p95Ms = 0.001),
      /latency-budget.*budgets\.p95Ms is 0\.001/,
    ],
    [
      'a path out of the folder',
      ({ variants }) => void (variants[0]!.file = '../model.fp32.onnx'),
      /variants\.0\.file: .*\.\./,
    ],
    [
      'a link out of the folder',
      async (_, folder) => {
        await rm(model(folder));
        await symlink(model(exampleBundle('2.0.0')), model(folder));
      },
      /model\.fp32\.onnx/,
    ],
  ])('%s', async (_, change, reason) => {
    const folder = await changedBundle(join(scene.folder, 'refused'), '4.0.0', change);
    await expectRefused(() => push('4.0.0', folder), reason);
    await rm(folder, { recursive: true });
  });

  it('bytes that change on the way', async () => {
    const folder = await changedBundle(join(scene.folder, 'altered'), '4.0.0');
    // A few bytes more are still a model, and one that the server does not have yet.
    await appendFile(model(folder), Buffer.from([0x82, 0x01, 0x00]));
    const proxy = await AlteringProxy.to(scene.controlPlane.httpUrl);
    const account = { server: proxy.url, token: scene.api.token, home: scene.folder };
    await expectRefused(
      () => hamon(account, 'model', 'push', `${MODEL}@4.0.0`, '--bundle', folder),
      /sha-?256|digest/i,
    );
    await proxy.close();
  });

  it('another file under a version that there is', async () => {
    const folder = await changedBundle(join(scene.folder, 'other'), '2.0.0', ({ budgets }) => {
      budgets.p95Ms = 49;
    });
    await expectRefused(() => push('2.0.0', folder), /2\.0\.0 .*other/);
    // The very same bytes are no news, and no error.
    expect(await push('2.0.0', exampleBundle('2.0.0'))).toMatchObject({ code: 0 });
  });

  it('a rollout of a version that is not released, or to no device', async () => {
    const folder = await changedBundle(join(scene.folder, 'unreleased'), '5.0.0');
    expect(await push('5.0.0', folder)).toMatchObject({ code: 0 });
    const start = (version: string, where: string) =>
      scene.hamon('rollout', 'start', `${MODEL}@${version}`, '--where', where);
    await expectRefused(() => start('5.0.0', 'site=nowhere'), /is validated; only a released version/);
    await expectRefused(() => start('2.0.0', 'site=nowhere'), /No device matches "site=nowhere"/);
    await expectRefused(() => start('9.9.9', ''), /9\.9\.9/);
    expect(await (await scene.api.request('GET', '/v1/rollouts')).json()).toMatchObject({ items: [] });
  });
});

describe('a device that sends what it should not', () => {
  let [good, bad] = [] as unknown as [Device, Device];
  let bare: BareDevice;
  beforeAll(async () => {
    good = await scene.enrolled('camera-good');
    bad = await scene.enrolled('camera-bad');
    await scene.online(good);
    await scene.bring([good], '1.0.0');
    bare = await BareDevice.of(bad);
  });
  afterAll(() => bare?.close());

  const own = (name: Parameters<typeof deviceTopic>[0]): string => deviceTopic(name, FLEET, bad.id);
  const others = (name: Parameters<typeof deviceTopic>[0]): string => deviceTopic(name, FLEET, good.id);
  const othersManifests = (): string => topicOf('desired', { fleet: FLEET, device: good.id, model: MODEL });
  const window = (changes: object) =>
    JSON.stringify({ schema: 'hamon.window/1', device: bad.id, ...changes });
  const presence = (device: string) =>
    JSON.stringify({
      schema: 'hamon.presence/1',
      device,
      online: false,
      connection: '8c7d3c1e-6a9b-4f0e-9d52-0d5b3a1f2e4c',
      at: new Date().toISOString(),
    });

  it.each<[string, () => [string, string | Buffer], 'taken' | 'cut off']>([
    ['bytes that are no JSON', () => [own('reported'), '{"schema":'], 'taken'],
    ['bytes that are no text', () => [own('event'), Buffer.from([0xff, 0xfe, 0x00, 0xc3])], 'taken'],
    ['JSON of another kind', () => [own('telemetry'), window({ inferences: -1 })], 'taken'],
    ['JSON nested without end', () => [own('event'), '['.repeat(4000)], 'taken'],
    ['a message about another device', () => [own('presence'), presence(good.id)], 'taken'],
    ['a message in the name of another device', () => [others('presence'), presence(good.id)], 'cut off'],
    ['a report in the name of another device', () => [others('reported'), '{}'], 'cut off'],
    ['a manifest', () => [othersManifests(), '{}'], 'cut off'],
    ['a chunk', () => [`hamon/v1/${FLEET}/chunk/${'0'.repeat(64)}`, 'not it'], 'cut off'],
    [
      'more bytes than the message may have',
      () => [own('event'), Buffer.alloc(messageSpec('event').maxBytes + 1, 0x20)],
      'cut off',
    ],
    ['more bytes than any message may have', () => [own('reported'), Buffer.alloc(8 * 1024 ** 2)], 'cut off'],
  ])('%s', async (_, message, expected) => {
    const before = await scene.api.metric(REFUSED);
    expect(await bare.send(...message())).toBe(expected);
    await until('it is counted', async () => (await scene.api.metric(REFUSED)) > before, {
      context: () => scene.logs(),
    });
    const { online, current } = await scene.api.device(good.id);
    expect({ online, version: current?.version }).toEqual({ online: true, version: '1.0.0' });
  });

  it('asks for what is another device’s, or for everything', async () => {
    const client = await bare.connect();
    for (const filter of [
      othersManifests(),
      desiredFilter(FLEET, good.id),
      'hamon/#',
      `hamon/v1/${FLEET}/chunk/+`,
      '#',
      '$SYS/#',
    ]) {
      const granted = await client.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
      expect(granted).toEqual([expect.objectContaining({ qos: 128 })]);
    }
    await client.endAsync(true);
  });

  it('claims to hold a manifest that nobody signed: its sequence stays what it was', async () => {
    const proof = {
      payload: Buffer.from(
        JSON.stringify({ schema: 'hamon.manifest/1', model: MODEL, sequence: 9_000_000 }),
      ).toString('base64url'),
      signatures: [{ protected: Buffer.from('{"alg":"EdDSA"}').toString('base64url'), signature: 'AAAA' }],
    };
    const facts = (await scene.api.device(good.id)).facts;
    const claim = {
      ...{ schema: 'hamon.reported/1', device: bad.id, at: new Date().toISOString(), facts },
      ...{ slots: { current: null, previous: null, candidate: null }, deployment: null, rejection: null },
      ...{ highestSequence: 9_000_000, proof, frames: { accepted: 0, answered: 0, skipped: 0 } },
    };
    const before = await scene.api.metric(REFUSED);
    expect(await bare.send(own('reported'), JSON.stringify(claim))).toBe('taken');
    await until('it is counted', async () => (await scene.api.metric(REFUSED)) > before);

    const id = await scene.rollOut([bad], { version: '1.0.0' });
    const client = await bare.connect();
    const manifests: Buffer[] = [];
    client.on('message', (_topic, payload) => void manifests.push(payload));
    await client.subscribeAsync(desiredFilter(FLEET, bad.id), { qos: 1 });
    const jws = JSON.parse((await until('its manifest comes', () => manifests.at(-1))).toString('utf8'));
    const manifest = JSON.parse(Buffer.from(jws.payload, 'base64url').toString('utf8'));
    expect(manifest).toMatchObject({ device: bad.id, sequence: 1, version: '1.0.0' });
    await client.endAsync(true);
    expect(await scene.hamon('rollout', 'abort', id)).toMatchObject({ code: 0 });
  });

  it('changes nothing for the others', async () => {
    expect(scene.controlPlane.program.isRunning).toBe(true);
    expect(await (await scene.api.request('GET', '/readyz')).json()).toMatchObject({ status: 'ok' });
    const rollout = await scene.ended(await scene.rollOut([good], { version: '2.0.0' }));
    expect(rollout).toMatchObject({ state: 'succeeded' });
    await good.runs('2.0.0');
    await good.settledFrames();
    expect(good.program.output).not.toContain('no connection to the broker');
    // What it wrote about itself was nonsense and left no trace either.
    expect(await scene.api.device(bad.id)).toMatchObject({
      current: null,
      deployment: null,
      rejection: null,
    });
  });
});
