import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  apiAudience,
  brokerAudience,
  ListQuery,
  matchesSelector,
  parseSelector,
  type DeviceView,
} from '@hamon/contracts';
import { generateSigningKey, signEnrolmentProof } from '@hamon/trust';
import fc from 'fast-check';
import { DeviceStore } from '../../src/fleet/device.store.js';
import { ManifestKey } from '../../src/platform/keys/manifest-key.js';
import { enrol, enrolmentToken, FACTS, tryEnrol } from '../support/enrol.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.discard());

const device = (
  id: string,
): Promise<{ status: number; body: DeviceView & { code: string; detail: string } }> =>
  plane.call('GET', `/v1/devices/${id}`);

describe('enrolment', () => {
  test('tells a device all that it needs, and the fleet about the device', async () => {
    const one = await enrol(plane, { labels: { site: 'osaka' } });
    expect(one.view).toEqual({
      schema: 'hamon.enrolment/1',
      fleet: 'default',
      device: one.id,
      mqttUrl: plane.mqttUrl,
      manifestKey: plane.app.get(ManifestKey, { strict: false }).publicJwk(),
    });
    expect(one.id).toMatch(/^device-[0-9a-f]{16}$/);
    expect((await device(one.id)).body).toMatchObject({
      labels: { site: 'osaka' },
      facts: FACTS,
      online: false,
      current: null,
      desired: null,
      deployment: null,
    });
  });

  test('a token lets in as many devices as it has uses', async () => {
    const token = await enrolmentToken(plane, { uses: 2 });
    const keys = await Promise.all(Array.from({ length: 6 }, generateSigningKey));
    const answers = await Promise.all(keys.map((key) => tryEnrol(plane, token, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 403, 403, 403, 403]);
    expect(answers.find(({ status }) => status === 403)?.body).toMatchObject({
      code: 'enrolment-token-invalid',
      detail: 'The enrolment token has no uses left.',
    });
  });

  test('a text that no database keeps is refused by its field, and takes no use of the token', async () => {
    const token = await enrolmentToken(plane, { uses: 1 });
    const key = await generateSigningKey();
    for (const agent of ['0.1\u0000', '0.1\ud800']) {
      const refused = await tryEnrol(plane, token, key, { facts: { ...FACTS, agent } });
      expect(refused).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', errors: [{ field: 'facts.agent' }] },
      });
    }
    expect((await tryEnrol(plane, token, key)).status).toBe(201);
    const after = Buffer.from(JSON.stringify(['\u0000'])).toString('base64url');
    expect(await plane.call('GET', `/v1/devices?after=${after}`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'after' }] },
    });
  });

  test('a lost answer can be asked for again: no second use, no second device', async () => {
    const token = await enrolmentToken(plane, { uses: 1 });
    const key = await generateSigningKey();
    const first = await tryEnrol(plane, token, key);
    const again = await Promise.all([tryEnrol(plane, token, key), tryEnrol(plane, token, key)]);
    for (const answer of again) expect(answer).toMatchObject({ status: 201, body: first.body });
  });

  test('a token that has expired or never existed opens nothing', async () => {
    const key = await generateSigningKey();
    const token = await enrolmentToken(plane);
    await plane.database.query(
      `UPDATE enrolment_tokens SET expires_at = now() WHERE hash = sha256($1::bytea)`,
      [Buffer.from(token)],
    );
    expect(await tryEnrol(plane, token, key)).toMatchObject({
      status: 403,
      body: { code: 'enrolment-token-invalid', detail: 'The enrolment token has expired.' },
    });
    expect(await tryEnrol(plane, 'made-up', key)).toMatchObject({
      status: 403,
      body: { code: 'enrolment-token-invalid' },
    });
  });

  test('a proof by another key, for another token or of another time is refused', async () => {
    const [token, other] = [await enrolmentToken(plane), await enrolmentToken(plane)];
    const [key, stranger] = [await generateSigningKey(), await generateSigningKey()];
    const now = new Date();
    const proofs = [
      await signEnrolmentProof({ token, now }, stranger),
      await signEnrolmentProof({ token: other, now }, key),
      await signEnrolmentProof({ token, now: new Date(now.getTime() - 3_600_000) }, key),
    ];
    for (const proof of proofs) {
      expect(await tryEnrol(plane, token, key, { proof })).toMatchObject({
        status: 403,
        body: { code: 'enrolment-proof-invalid' },
      });
    }
  });

  test('a name is taken once, and so is a key', async () => {
    await enrol(plane, { name: 'camera-1' });
    const token = await enrolmentToken(plane);
    const key = await generateSigningKey();
    expect(await tryEnrol(plane, token, key, { device: 'camera-1' })).toMatchObject({
      status: 409,
      body: { code: 'device-exists' },
    });
    expect((await tryEnrol(plane, token, key, { device: 'camera-2' })).status).toBe(201);
    expect(await tryEnrol(plane, await enrolmentToken(plane), key, { device: 'camera-3' })).toMatchObject({
      status: 409,
      body: { code: 'device-exists' },
    });
  });

  test('a device that lost its enrolment is told it again with its own key and a new token', async () => {
    const labels = { site: 'osaka' };
    const one = await enrol(plane, { labels });
    const token = await enrolmentToken(plane, { uses: 1, labels: { site: 'kyoto' } });
    const renewed = await tryEnrol(plane, token, one.key, { facts: { ...FACTS, agent: '0.2.0' } });
    expect(renewed).toMatchObject({ status: 201, body: one.view });
    expect((await device(one.id)).body).toMatchObject({ labels, facts: { agent: '0.2.0' } });
    expect((await tryEnrol(plane, token, one.key)).status).toBe(201);
    const stranger = await tryEnrol(plane, token, await generateSigningKey());
    expect(stranger.body.detail).toBe('The enrolment token has no uses left.');
    const { body } = await plane.call<{ items: object[] }>('GET', '/v1/audit?limit=200');
    const told = body.items.filter((entry) => 'subject' in entry && entry.subject === one.id);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(expect.objectContaining({ action: 'device.renew' }));
  });

  test('a retired device is not told it again', async () => {
    const one = await enrol(plane);
    await plane.database.query('UPDATE devices SET retired_at = now() WHERE id = $1', [one.id]);
    const refused = await tryEnrol(plane, await enrolmentToken(plane), one.key);
    expect(refused).toMatchObject({ status: 409, body: { code: 'device-exists' } });
    expect(refused.body.detail).toContain('was retired');
  });

  test('tokens are shown once', async () => {
    const token = await enrolmentToken(plane, { uses: 3, labels: { line: 'a' } });
    const { body } = await plane.call<{ items: object[] }>('GET', '/v1/enrolment-tokens');
    expect(body.items.at(-1)).toMatchObject({ usesLeft: 3, labels: { line: 'a' } });
    expect(JSON.stringify(body)).not.toContain(token);
    const rows = await plane.database.query<object[]>('SELECT * FROM enrolment_tokens');
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('labels', () => {
  test('are set and removed; the others stay', async () => {
    const { id } = await enrol(plane, { labels: { site: 'osaka', line: 'a' } });
    const answer = await plane.call<DeviceView>('PATCH', `/v1/devices/${id}`, {
      labels: { line: null, shift: 'night' },
    });
    expect(answer.body.labels).toEqual({ site: 'osaka', shift: 'night' });
  });

  test.each([
    [{ arch: 'x64' }, /labels\.arch: "arch" is a fact/],
    [{ Site: 'osaka' }, /labels\.Site: /],
    [{ site: 'a b' }, /labels\.site: label value must be/],
    [Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`l${i}`, 'x'])), /at most 32 labels/],
  ])('%j is refused by name', async (labels, detail) => {
    const { id } = await enrol(plane);
    const answer = await plane.call<{ detail: string }>('PATCH', `/v1/devices/${id}`, { labels });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(detail);
    expect((await device(id)).body.labels).toEqual({});
  });
});

describe('selectors', () => {
  test('select in the database what matchesSelector selects', async () => {
    const sites: Record<string, string>[] = [
      {},
      { site: 'osaka' },
      { site: 'kyoto', line: 'a' },
      { site: 'osaka', line: 'b' },
    ];
    const facts = [FACTS, { ...FACTS, arch: 'x64', cores: 8 }];
    for (const labels of sites) for (const fact of facts) await enrol(plane, { labels, facts: fact });
    const [first] = await plane.database.query<{ id: string }[]>('SELECT id FROM devices ORDER BY id');
    await plane.database.query(`UPDATE devices SET retired_at = now() WHERE id = $1`, [first?.id]);
    await plane.database.query(`UPDATE devices SET online = true WHERE facts->>'arch' = 'x64'`);
    const rows = await plane.database.query<
      {
        id: string;
        labels: Record<string, string>;
        facts: typeof FACTS;
        online: boolean;
        retired_at: Date | null;
      }[]
    >('SELECT id, labels, facts, online, retired_at FROM devices ORDER BY id');

    const key = fc.constantFrom(
      'site',
      'line',
      'arch',
      'platform',
      'cores',
      'online',
      'retired',
      'id',
      'nothing',
      'constructor',
    );
    const value = fc.constantFrom(
      'osaka',
      'kyoto',
      'a',
      'b',
      'arm64',
      'x64',
      '4',
      '8',
      'true',
      'linux',
      first?.id ?? '',
    );
    const term = fc.oneof(
      fc.tuple(key, fc.constantFrom('=', '!='), value).map((parts) => parts.join('')),
      fc
        .tuple(key, fc.constantFrom('in', 'notin'), fc.array(value, { minLength: 1, maxLength: 3 }))
        .map(([k, op, values]) => `${k} ${op} (${values.join(',')})`),
      fc.tuple(fc.constantFrom('', '!'), key).map((parts) => parts.join('')),
    );
    const store = plane.app.get(DeviceStore, { strict: false });
    await fc.assert(
      fc.asyncProperty(fc.array(term, { maxLength: 3 }), async (terms) => {
        const where = terms.join(',');
        const selector = parseSelector(where);
        if (!selector.ok) throw new Error(selector.error);
        const expected = rows
          .filter((row) =>
            matchesSelector(selector.value, {
              ...row.labels,
              id: row.id,
              arch: row.facts.arch,
              platform: row.facts.platform,
              cores: String(row.facts.cores),
              ...(row.online ? { online: 'true' } : {}),
              ...(row.retired_at ? { retired: 'true' } : {}),
            }),
          )
          .map(({ id }) => id);
        const query = ListQuery.parse({ limit: 500, where });
        const listed = await store.list('default', query, ({ id }) => id, { serverKeyId: '' });
        expect(listed).toEqual({ items: expected, next: null, total: expected.length });
      }),
      { numRuns: 150 },
    );
  });

  test('an expression that cannot be read is refused, and none is ever run as SQL', async () => {
    const answer = await plane.call<{ detail: string }>(
      'GET',
      `/v1/devices?where=${encodeURIComponent('site=')}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(/^where: cannot read "site="/);
    const hostile = encodeURIComponent(`site in (a'; DROP TABLE devices; --)`);
    expect((await plane.call('GET', `/v1/devices?where=${hostile}`)).status).toBe(400);
  });

  test('pages hold every device once', async () => {
    const ids: string[] = [];
    const totals: (number | undefined)[] = [];
    for (let after = ''; ;) {
      const { body } = await plane.call<{ items: DeviceView[]; next: string | null; total?: number }>(
        'GET',
        `/v1/devices?limit=3${after}`,
      );
      ids.push(...body.items.map(({ id }) => id));
      totals.push(body.total);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    const rows = await plane.database.query<{ id: string }[]>(
      'SELECT id FROM devices WHERE retired_at IS NULL ORDER BY id',
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(totals.length).toBeGreaterThan(2);
    expect(new Set(totals)).toEqual(new Set([rows.length]));
  });
});

describe('who may call', () => {
  const status = async (path: string, token?: string, method = 'GET'): Promise<number> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(plane.url + path, { method, headers })).status;
  };

  test('nobody without a token, except where it must be open', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/v1/time', '/v1/openapi.json']) {
      expect([path, await status(path)]).toEqual([path, 200]);
    }
    for (const path of ['/v1/devices', '/v1/models', '/v1/audit', '/v1/enrolment-tokens', '/v1/rollouts']) {
      expect([path, await status(path)]).toEqual([path, 401]);
      expect([path, await status(path, 'not-a-token-of-ours-at-all')]).toEqual([path, 401]);
    }
  });

  test('a device where devices may, and nowhere else', async () => {
    const one = await enrol(plane);
    const artifact = `/v1/artifacts/${'0'.repeat(64)}`;
    expect(await status(artifact, await one.token())).toBe(404);
    expect(await status('/v1/inference/none', await one.token(), 'POST')).not.toBe(401);
    for (const path of ['/v1/devices', '/v1/models', '/v1/audit', '/v1/enrolment-tokens']) {
      expect([path, await status(path, await one.token())]).toEqual([path, 403]);
    }
  });

  test('a device whose token is expired, for the broker, of another key, or that was retired: not at all', async () => {
    const [one, other] = [await enrol(plane), await enrol(plane)];
    const artifact = `/v1/artifacts/${'0'.repeat(64)}`;
    const hourAgo = new Date(Date.now() - 3_700_000);
    const tokens = [
      await one.token({ now: hourAgo, lifetimeSeconds: 3600 }),
      await one.token({ audience: brokerAudience('default') }),
      await one.token({ audience: apiAudience('other') }),
      (await other.token()).replace(/\.[^.]+$/, `.${(await one.token()).split('.')[2] ?? ''}`),
    ];
    for (const token of tokens) expect(await status(artifact, token)).toBe(401);
    await plane.database.query('UPDATE devices SET retired_at = now() WHERE id = $1', [one.id]);
    expect(await status(artifact, await one.token())).toBe(403);
  });

  test('an admin sees only the own fleet', async () => {
    await plane.database.query(`INSERT INTO fleets (id) VALUES ('other')`);
    await plane.database.query(
      `INSERT INTO access_tokens (id, fleet, name, hash)
       VALUES (gen_random_uuid(), 'other', 'ops', sha256('token-of-the-other-fleet'))`,
    );
    const other = { authorization: 'Bearer token-of-the-other-fleet' };
    const { id } = await enrol(plane);
    expect((await plane.call<{ items: [] }>('GET', '/v1/devices', undefined, other)).body.items).toEqual([]);
    expect((await plane.call('GET', `/v1/devices/${id}`, undefined, other)).status).toBe(404);
    expect((await plane.call('PATCH', `/v1/devices/${id}`, { labels: { a: 'b' } }, other)).status).toBe(404);
    expect((await plane.call<{ items: [] }>('GET', '/v1/audit', undefined, other)).body.items).toEqual([]);
    await plane.database.query(`UPDATE access_tokens SET revoked_at = now() WHERE name = 'ops'`);
    expect((await plane.call('GET', '/v1/devices', undefined, other)).status).toBe(401);
  });
});
