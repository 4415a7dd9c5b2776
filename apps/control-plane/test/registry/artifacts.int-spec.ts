import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArtifactStore } from '../../src/registry/artifact.store.js';
import { enrol } from '../support/enrol.js';
import { release, sha256, upload } from '../support/push.js';
import { artifactPath } from '../support/artifact-path.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane({ HAMON_MAX_ARTIFACT_BYTES: '100000', HAMON_ARTIFACT_GRACE: '60s' });
});
afterAll(() => plane.discard());

const get = (digest: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${plane.url}/v1/artifacts/${digest}`, {
    method,
    headers: { authorization: `Bearer ${plane.token}`, ...headers },
  });

const stored = (digest: string): string => artifactPath(plane, digest);
const uploadsLeft = (): string[] => {
  const folder = join(plane.dataDir, 'artifacts', 'uploads');
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('artifacts', () => {
  test('come back as they were sent, whole and in ranges', async () => {
    const bytes = randomBytes(5000);
    const digest = sha256(bytes);
    expect((await get(digest, {}, 'HEAD')).status).toBe(404);
    expect(await upload(plane, bytes)).toMatchObject({ status: 201, body: { sha256: digest, length: 5000 } });

    const head = await get(digest, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('5000');
    expect(Buffer.from(await (await get(digest)).arrayBuffer()).equals(bytes)).toBe(true);

    const part = await get(digest, { range: 'bytes=100-299' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 100-299/5000');
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 300))).toBe(true);

    const beyond = await get(digest, { range: 'bytes=5000-' });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */5000');
  });

  test('an empty file is a file', async () => {
    const digest = sha256(Buffer.alloc(0));
    expect((await upload(plane, Buffer.alloc(0))).status).toBe(201);
    const answer = await get(digest);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test('altered bytes are refused and nothing of them is kept', async () => {
    const name = sha256(randomBytes(10));
    expect(await upload(plane, randomBytes(3000), { name })).toMatchObject({
      status: 422,
      body: { code: 'artifact-mismatch' },
    });
    expect(existsSync(stored(name))).toBe(false);
    expect((await get(name, {}, 'HEAD')).status).toBe(404);
    expect(uploadsLeft()).toEqual([]);
  });

  test('an upload that breaks off leaves nothing', async () => {
    const bytes = randomBytes(50_000);
    const digest = sha256(bytes);
    await new Promise<void>((resolve) => {
      const put = request(`${plane.url}/v1/artifacts/${digest}`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${plane.token}`,
          'content-type': 'application/octet-stream',
          'content-length': bytes.length,
        },
      });
      put.on('error', () => resolve());
      put.write(bytes.subarray(0, 20_000), () => put.destroy(new Error('link lost')));
    });
    for (const deadline = Date.now() + 180_000; uploadsLeft().length > 0 && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(uploadsLeft()).toEqual([]);
    expect(existsSync(stored(digest))).toBe(false);
    // The same upload again, complete this time.
    expect((await upload(plane, bytes)).status).toBe(201);
  });

  test('a file above the limit is refused, announced or not', async () => {
    const bytes = randomBytes(100_001);
    const refusal = { status: 413, body: { code: 'payload-too-large' } };
    expect(await upload(plane, bytes)).toMatchObject(refusal);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    const answer = await fetch(`${plane.url}/v1/artifacts/${sha256(bytes)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'application/octet-stream' },
      body: chunked,
      duplex: 'half',
    } as RequestInit);
    expect({ status: answer.status, body: await answer.json() }).toMatchObject(refusal);
    expect(uploadsLeft()).toEqual([]);
  });

  test('a name that is no digest is refused before anything is read', async () => {
    for (const name of ['..%2F..%2Fadmin-token', 'A'.repeat(64), 'abc']) {
      const answer = await upload(plane, Buffer.from('x'), { name });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
      expect(answer.body.detail).toMatch(/^sha256: must be a SHA-256/);
    }
  });

  test('many simultaneous uploads of one file make one file', async () => {
    const bytes = randomBytes(40_000);
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(plane, bytes)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(Buffer.from(await (await get(sha256(bytes))).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('another fleet sees none of them, a device of this one all', async () => {
    const bytes = randomBytes(100);
    await upload(plane, bytes);
    const device = await enrol(plane);
    const authorization = `Bearer ${await device.token()}`;
    expect((await get(sha256(bytes), { authorization })).status).toBe(200);
    // A device reads; it does not write.
    expect(await upload(plane, bytes, { token: await device.token() })).toMatchObject({ status: 403 });

    await plane.database.query(`INSERT INTO fleets (id) VALUES ('other')`);
    await plane.database.query(
      `INSERT INTO access_tokens (id, fleet, name, hash) VALUES (gen_random_uuid(), 'other', 'ops', sha256('other-fleets-admin-token'))`,
    );
    const other = { authorization: 'Bearer other-fleets-admin-token' };
    expect((await get(sha256(bytes), other)).status).toBe(404);
    // Its own upload of the same bytes makes them visible, and costs no second file.
    expect((await upload(plane, bytes, { token: 'other-fleets-admin-token' })).status).toBe(201);
    expect((await get(sha256(bytes), other)).status).toBe(200);
  });
});

describe('the sweeper', () => {
  const sweep = (): Promise<number> => plane.app.get(ArtifactStore, { strict: false }).sweep(60);

  async function age(digest: string): Promise<void> {
    await plane.database.query(`UPDATE artifacts SET used_at = now() - interval '1 hour' WHERE sha256 = $1`, [
      digest,
    ]);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(stored(digest), hourAgo, hourAgo);
  }

  test('removes old uploads that no version uses, and nothing else', async () => {
    const version = await release(plane, { bundle: { model: 'swept' } });
    const used = await plane.database.query<{ sha256: string }[]>(
      'SELECT DISTINCT sha256 FROM version_artifacts',
    );
    const [old, young] = [randomBytes(64), randomBytes(64)];
    await upload(plane, old);
    await upload(plane, young);
    for (const digest of [...used.map((row) => row.sha256), sha256(old)]) await age(digest);

    await sweep();
    expect(existsSync(stored(sha256(old)))).toBe(false);
    expect((await get(sha256(old))).status).toBe(404);
    expect((await get(sha256(young))).status).toBe(200);
    expect(version.variants).toHaveLength(1);
    for (const row of used) expect(existsSync(stored(row.sha256))).toBe(true);
  });

  test('removes bytes that a killed process stored and did not claim', async () => {
    const [old, young] = [randomBytes(64), randomBytes(64)];
    for (const bytes of [old, young]) await upload(plane, bytes);
    await age(sha256(old));
    await plane.database.query('DELETE FROM artifacts WHERE sha256 = ANY ($1)', [[old, young].map(sha256)]);
    await sweep();
    expect(existsSync(stored(sha256(old)))).toBe(false);
    // It may be about to be claimed.
    expect(existsSync(stored(sha256(young)))).toBe(true);
  });

  test('looking at a file renews its grace: a push is about to use it', async () => {
    const bytes = randomBytes(64);
    await upload(plane, bytes);
    await age(sha256(bytes));
    expect((await get(sha256(bytes), {}, 'HEAD')).status).toBe(200);
    await sweep();
    expect((await get(sha256(bytes))).status).toBe(200);
  });

  test('bytes stay while any fleet has them', async () => {
    const bytes = randomBytes(64);
    await upload(plane, bytes);
    await upload(plane, bytes, { token: 'other-fleets-admin-token' });
    await age(sha256(bytes));
    await plane.database.query(`UPDATE artifacts SET used_at = now() WHERE sha256 = $1 AND fleet = 'other'`, [
      sha256(bytes),
    ]);
    await sweep();
    expect((await get(sha256(bytes))).status).toBe(404);
    expect(existsSync(stored(sha256(bytes)))).toBe(true);
  });
});
