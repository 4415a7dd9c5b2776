import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '@hamon/inference';
import { tinyModel } from '@hamon/testing';
import { push, release, sha256, upload } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

/** Three weights of one channel: what the other fleet's artifact would be read as. */
const secret = new Uint8Array(Float32Array.of(-9, 30, -9).buffer);
const OTHERS = 'other-fleets-admin-token';
const hostile = tinyModel({ weightsIn: sha256(secret) });

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await plane.database.query(`INSERT INTO fleets (id) VALUES ('other')`);
  await plane.database.query(
    `INSERT INTO access_tokens (id, fleet, name, hash) VALUES (gen_random_uuid(), 'other', 'ops', sha256($1))`,
    [Buffer.from(OTHERS)],
  );
  expect((await upload(plane, secret, { token: OTHERS })).status).toBe(201);
  await release(plane);
});
afterAll(() => plane.discard());

const white = await encodePng(new Uint8Array(64).fill(255), { width: 8, height: 8, channels: 1 });

async function ask(): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${plane.url}/v1/inference/tiny`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'image/png' },
    body: white as NonNullable<RequestInit['body']>,
  });
  return { status: answer.status, text: await answer.text() };
}

describe("another fleet's artifact named as a model's external data", () => {
  test('is refused when it is pushed, with a decoy of that name beside the model or without', async () => {
    for (const [version, decoys] of [
      ['2.0.0', {}],
      ['2.0.1', { [sha256(secret)]: white }],
    ] as const) {
      const golden = Object.keys(decoys).map((file) => ({ file }));
      const answer = await push(plane, {
        bundle: { version, ...(golden.length > 0 ? { golden } : {}) },
        files: { 'model.fp32.onnx': hostile, ...decoys },
      });
      expect(answer).toMatchObject({
        status: 422,
        body: {
          code: 'bundle-refused',
          detail: `bundle-invalid: variant fp32: tensor "weights" of model.fp32.onnx has its values in the file "${sha256(secret)}"; a bundle's model is one file: save it with its values inside`,
        },
      });
    }
  });

  test('is not beside the model that answers: its folder holds the files of its bundle alone', async () => {
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.0' });
    expect(await ask()).toMatchObject({ status: 200 });
    const tmp = join(plane.dataDir, 'tmp');
    const [folder = ''] = (await readdir(tmp)).filter((name) => name.startsWith('cloud-'));
    const files = await readdir(join(tmp, folder), { recursive: true });
    expect(files.filter((file) => !file.startsWith('golden')).sort()).toEqual([
      'baseline.json',
      'model.fp32.onnx',
    ]);
  });

  test('is not read by a cloud model that an earlier release let in', async () => {
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.0' });
    expect(await ask()).toMatchObject({ status: 200 });
    // As if it had been validated: the version's file is the hostile one now.
    await upload(plane, hostile);
    await plane.database.query(
      `UPDATE version_artifacts SET sha256 = $1 WHERE path = 'model.fp32.onnx'
       AND version_id = (SELECT id FROM versions WHERE version = '1.0.0' AND model = 'tiny')`,
      [sha256(hostile)],
    );
    await release(plane, { bundle: { version: '1.0.1' } });
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.1' });
    expect(await ask()).toMatchObject({ status: 200 });
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.0' });
    const answer = await ask();
    expect(answer).toMatchObject({ status: 503 });
    expect(answer.text).toContain('has its values in the file');
    expect(answer.text).not.toContain('probabilities');
  });
});
