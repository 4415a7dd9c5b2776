import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleDocument, type ModelView, type RolloutView, type VersionView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import { sha256, upload } from '../support/push.js';
import { pushReleased } from '../support/push-bundle.js';
import { startTestControlPlane, type Answer, type TestControlPlane } from '../support/test-control-plane.js';

const MODELS = resolve(import.meta.dirname, '../../../../../shared/data/models');
const onReferences = existsSync(MODELS) ? describe : describe.skip;

type Refusal = { code: string; detail: string };

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.discard());

const create = (name: string, task: string): Promise<Answer<ModelView & Refusal>> =>
  plane.call('POST', '/v1/models', { name, task });

/** A bundle folder of the reference data, pushed under its own version to a model. */
async function pushFolder(name: string, model?: string): Promise<Answer<VersionView & Refusal>> {
  const folder = join(MODELS, name);
  const bundle = BundleDocument.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
  const golden = (bundle.golden ?? []).map(({ file }) => file);
  const paths = [
    ...bundle.variants.map(({ file }) => file),
    ...golden,
    ...(bundle.baseline ? [bundle.baseline] : []),
  ];
  const files = [];
  for (const path of new Set(paths)) {
    const bytes = await readFile(join(folder, path));
    await upload(plane, bytes);
    files.push({ path, sha256: sha256(bytes), length: bytes.length });
  }
  return plane.call('POST', `/v1/models/${model ?? bundle.model}/versions`, {
    version: bundle.version,
    bundle,
    files,
  });
}

describe('a model', () => {
  it('is of any task that is served, and of no other', async () => {
    expect(await create('surface', 'segmentation')).toMatchObject({
      status: 201,
      body: { task: 'segmentation' },
    });
    const refused = await create('hands', 'keypoints');
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.detail).toContain('keypoints (poses) are not served');
  });

  it('of classification takes no threshold from a rollout', async () => {
    await pushReleased(plane);
    await connectAgent(plane, 'cam-tiny').then((device) => device.stop());
    const wanted = { model: 'tiny', version: '1.0.0', where: 'id=cam-tiny', policy: { threshold: 0.5 } };
    expect(await plane.call<Refusal>('POST', '/v1/rollouts', wanted)).toMatchObject({
      status: 400,
      body: {
        detail: 'policy.threshold: classification has no threshold: the most probable label is the answer',
      },
    });
  });
});

onReferences('a version of another task (needs the reference data)', () => {
  it.each([
    ['tile-exposure-1.0.0', 'regression', ['exposure [step]']],
    ['tile-anomaly-1.0.0', 'anomaly', ['normal', 'anomalous']],
    ['tile-detector-1.0.0', 'detection', ['Blowhole', 'Break', 'Crack', 'Fray', 'Uneven']],
  ])('%s is taken with its labels', async (folder, task, labels) => {
    await create(folder.replace(/-1\.0\.0$/, ''), task);
    const pushed = await pushFolder(folder);
    expect([pushed.status, pushed.body.detail]).toEqual([201, undefined]);
    expect(pushed.body.labels).toEqual(labels);
  });

  it('is refused by a model of another one', async () => {
    await create('tile-segmenter', 'detection');
    expect(await pushFolder('tile-segmenter-1.0.0')).toMatchObject({
      status: 422,
      body: { code: 'bundle-refused', detail: 'bundle.task: must be "detection", as the model\'s' },
    });
  });

  it('is brought to devices with the threshold of its rollout, which its task has checked', async () => {
    await plane.call('POST', '/v1/models/tile-detector/versions/1.0.0/release', {});
    const device = await connectAgent(plane, 'cam-tile');
    device.behave = () => Promise.resolve();
    const start = (threshold: unknown): Promise<Answer<RolloutView & Refusal>> =>
      plane.call('POST', '/v1/rollouts', {
        ...{
          model: 'tile-detector',
          version: '1.0.0',
          where: 'id=cam-tile',
          stages: '100%',
          watchSeconds: 0,
        },
        policy: { threshold },
      });
    expect(await start({ Crack: 0.4, Scratch: 0.3 })).toMatchObject({
      status: 400,
      body: { detail: 'policy.threshold: threshold names "Scratch", which is not one of output.labels' },
    });
    expect(await start(1.5)).toMatchObject({ status: 400 });
    expect((await start({ Crack: 0.4 })).status).toBe(201);
    await eventually('its manifest', () => device.manifests.length === 1);
    expect(device.manifests[0]).toMatchObject({
      model: 'tile-detector',
      policy: { threshold: { Crack: 0.4 } },
    });
    await device.stop();
  });
});
