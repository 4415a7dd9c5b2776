import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolmentToken } from '../support/enrol.js';
import { startTestControlPlane, type Answer, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.discard());

const create = (name: string, key: string): Promise<Answer<{ code?: string; name?: string }>> =>
  plane.call('POST', '/v1/models', { name, task: 'classification' }, { 'idempotency-key': key });

describe('an Idempotency-Key', () => {
  test('gives the first answer again and changes nothing', async () => {
    const first = await create('once', 'key-1');
    expect(first).toMatchObject({ status: 201, body: { name: 'once' } });
    const again = await create('once', 'key-1');
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    // Without the key the same request is a second creation.
    expect(await create('once', 'key-2')).toMatchObject({ status: 409, body: { code: 'model-exists' } });
  });

  test('belongs to one request', async () => {
    await create('first', 'key-3');
    expect(await create('second', 'key-3')).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  test('of a failed request may be used again', async () => {
    await create('taken', 'key-4');
    expect((await create('taken', 'key-5')).status).toBe(409);
    await plane.database.query(`DELETE FROM models WHERE name = 'taken'`);
    expect((await create('taken', 'key-5')).status).toBe(201);
  });

  test('lets one of many simultaneous requests through', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('rushed', 'key-6')));
    for (const { status, body } of answers) {
      expect([status, body.code ?? 'created']).toEqual(
        status === 201 ? [201, 'created'] : [409, 'request-in-progress'],
      );
    }
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    const entries = await plane.database.query<unknown[]>(
      `SELECT FROM audit_entries WHERE action = 'model.create' AND subject = 'rushed'`,
    );
    expect(entries).toHaveLength(1);
  });

  test('left behind by a killed process is taken over after a while', async () => {
    await create('orphan', 'key-7');
    await plane.database.query(`DELETE FROM models WHERE name = 'orphan'`);
    const forget = `UPDATE idempotency_keys SET status = NULL, response = NULL, created_at = now() - $1::interval WHERE key = 'key-7'`;
    await plane.database.query(forget, ['1 minute']);
    expect(await create('orphan', 'key-7')).toMatchObject({
      status: 409,
      body: { code: 'request-in-progress' },
    });
    await plane.database.query(forget, ['1 hour']);
    expect((await create('orphan', 'key-7')).status).toBe(201);
  });

  test('does not cause a secret to be stored', async () => {
    const body = { uses: 1, ttlSeconds: 60 };
    const make = () =>
      plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', body, { 'idempotency-key': 'key-8' });
    const [first, second] = [await make(), await make()];
    expect(first.body.token).not.toBe(second.body.token);
    const rows = await plane.database.query<object[]>('SELECT * FROM idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(first.body.token);
    expect(await enrolmentToken(plane)).toBeTruthy();
  });

  test('must be a token of moderate length', async () => {
    expect(await create('long', 'x'.repeat(201))).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });
});

describe('problems', () => {
  test.each([
    ['GET', '/v1/nothing', undefined, 404, 'not-found'],
    ['DELETE', '/v1/models', undefined, 404, 'not-found'],
    ['POST', '/v1/models', { name: 'UPPER', task: 'classification' }, 400, 'invalid-request'],
    ['POST', '/v1/models', { name: 'x'.repeat(3_000_000), task: 'classification' }, 413, 'payload-too-large'],
    ['GET', '/v1/models?limit=0', undefined, 400, 'invalid-request'],
    ['GET', '/v1/models?after=%%%', undefined, 400, 'invalid-request'],
    ['GET', '/v1/models/Not_A_Name!', undefined, 400, 'invalid-request'],
    ['GET', '/v1/devices/none', undefined, 404, 'device-not-found'],
  ])('%s %s', async (method, path, body, status, code) => {
    const answer = await plane.call(method, path, body);
    expect(answer).toMatchObject({ status, body: { status, code, type: `urn:hamon:problem:${code}` } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('of a body that is no JSON, or of another kind', async () => {
    const send = (type: string, body: string) =>
      fetch(`${plane.url}/v1/models`, {
        method: 'POST',
        headers: { authorization: `Bearer ${plane.token}`, 'content-type': type },
        body,
      });
    expect(await (await send('application/json', '{"name":')).json()).toMatchObject({
      code: 'invalid-request',
    });
    expect(await (await send('text/csv', 'a,b')).json()).toMatchObject({ code: 'unsupported-media-type' });
    expect(await (await send('application/octet-stream', 'ab')).json()).toMatchObject({
      code: 'invalid-request',
    });
  });

  test('of our own reveal no internals', async () => {
    await plane.database.query('ALTER TABLE models RENAME TO models_away');
    try {
      const answer = await plane.call('GET', '/v1/models');
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
      expect(JSON.stringify(answer.body)).not.toMatch(/models_away|relation|SELECT/);
    } finally {
      await plane.database.query('ALTER TABLE models_away RENAME TO models');
    }
  });
});

describe('the open pages', () => {
  test('OpenAPI describes every route by its schemas', async () => {
    const { body } = await plane.call<{
      paths: Record<string, Record<string, { requestBody?: object; responses: Record<string, unknown> }>>;
    }>('GET', '/v1/openapi.json');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        'post /v1/models',
        'put /v1/models/{model}/cloud',
        'post /v1/models/{model}/versions',
        'post /v1/models/{model}/versions/{version}/release',
        'put /v1/artifacts/{sha256}',
        'get /v1/devices',
        'patch /v1/devices/{id}',
        'post /v1/enrolment-tokens',
        'post /v1/enrolments',
        'get /v1/time',
        'get /v1/audit',
        'post /v1/inference/{model}',
      ]),
    );
    const create = body.paths['/v1/models']?.['post'];
    expect(JSON.stringify(create?.requestBody)).toContain('"name"');
    expect(JSON.stringify(create?.responses['201'])).toContain('"createdAt"');
    const list = JSON.stringify(body.paths['/v1/devices']?.['get']);
    for (const parameter of ['limit', 'after', 'where']) expect(list).toContain(`"name":"${parameter}"`);
  });

  test('metrics name routes, never paths', async () => {
    await plane.call('GET', '/v1/devices/some-device');
    const text = await (await fetch(`${plane.url}/metrics`)).text();
    expect(text).toMatch(
      /hamon_http_request_seconds_count\{method="GET",route="\/v1\/devices\/:id",status="404"\} \d+/,
    );
    expect(text).not.toContain('some-device');
  });
});
