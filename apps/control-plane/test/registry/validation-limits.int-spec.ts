import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hungryModel } from '@hamon/testing';
import { push } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane({
    HAMON_VALIDATIONS: '2',
    HAMON_VALIDATION_MEMORY_MB: '600',
    HAMON_VALIDATION_SECONDS: '10',
  });
  await plane.call('POST', '/v1/models', { name: 'tiny', task: 'classification' });
});
afterAll(() => plane.discard());

describe('a pushed model that takes too much', () => {
  test('of memory is refused with the figure and the limit', async () => {
    const answer = await push(plane, { files: { 'model.fp32.onnx': hungryModel(6_000_000_000) } });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'bundle-refused',
        detail: expect.stringMatching(/^memory-budget: .*took \d+ MB, at most 600 MB are allowed/),
      },
    });
  });

  test("that hangs is refused, and another fleet's version is validated meanwhile", async () => {
    const others = 'other-fleets-admin-token';
    await plane.database.query(`INSERT INTO fleets (id) VALUES ('other')`);
    await plane.database.query(
      `INSERT INTO access_tokens (id, fleet, name, hash) VALUES (gen_random_uuid(), 'other', 'ops', sha256($1))`,
      [Buffer.from(others)],
    );
    const authorization = `Bearer ${others}`;
    const neighbour = {
      url: plane.url,
      token: others,
      call: ((method, path, body, headers) =>
        plane.call(method, path, body, { authorization, ...headers })) as TestControlPlane['call'],
    };
    await neighbour.call('POST', '/v1/models', { name: 'tiny', task: 'classification' });

    const ended: string[] = [];
    const hanging = [1, 2].map((minor) =>
      push(plane, { bundle: { version: `2.${minor}.0` }, model: { delayRounds: Infinity } }).finally(() =>
        ended.push('hanging'),
      ),
    );
    const answer = await push(neighbour, { bundle: { version: '1.0.0' } }).finally(() => ended.push('good'));
    expect(answer.status).toBe(201);
    expect(ended[0]).toBe('good');
    for (const refused of await Promise.all(hanging)) {
      expect(refused).toMatchObject({
        status: 422,
        body: { detail: expect.stringMatching(/^worker-hung: .*no answer for 20000 ms/) },
      });
    }
  });
});
