import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey } from '@hamon/trust';
import type { QueryRunner } from 'typeorm';
import { enrolmentToken, tryEnrol } from '../support/enrol.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const CONNECTIONS = 10;

describe('two hundred devices that enrol at once', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await startTestControlPlane({ HAMON_DATABASE_CONNECTIONS: String(CONNECTIONS) });
  });
  afterAll(() => plane.discard());

  it('all get in with one token, and each use is counted', async () => {
    const token = await enrolmentToken(plane, { uses: 200 });
    const keys = await Promise.all(Array.from({ length: 200 }, () => generateSigningKey()));
    // On a busy machine some are told to come again, and do.
    const getIn = async (key: (typeof keys)[number]): ReturnType<typeof tryEnrol> => {
      const answer = await tryEnrol(plane, token, key);
      return answer.status === 503 && answer.headers.has('retry-after') ? getIn(key) : answer;
    };
    const answers = await Promise.all(keys.map(getIn));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.device)).size).toBe(200);
    const late = await tryEnrol(plane, token, await generateSigningKey());
    expect(late).toMatchObject({ status: 403, body: { code: 'enrolment-token-invalid' } });
  });

  it('hold up nobody else while their token is locked: others enrol and call, and they are told to come again', async () => {
    const token = await enrolmentToken(plane, { uses: 200 });
    const other = await enrolmentToken(plane);
    const holder = plane.database.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM enrolment_tokens WHERE uses_left = 200 FOR UPDATE');
    try {
      const keys = await Promise.all(Array.from({ length: 200 }, () => generateSigningKey()));
      const flood = Promise.all(keys.map((key) => tryEnrol(plane, token, key)));
      expect(await tryEnrol(plane, other, await generateSigningKey())).toMatchObject({ status: 201 });
      expect(await plane.call('GET', '/v1/devices')).toMatchObject({ status: 200 });
      expect(await plane.call('GET', '/healthz')).toMatchObject({ status: 200 });
      const told = (await flood).filter(({ status }) => status !== 201);
      for (const { status, headers } of told) {
        expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)]);
      }
      expect(told).toHaveLength(200);
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
    expect(await tryEnrol(plane, token, await generateSigningKey())).toMatchObject({ status: 201 });
  });
});

describe('a pool without a free connection', () => {
  let plane: TestControlPlane;
  const taken: QueryRunner[] = [];
  beforeAll(async () => {
    plane = await startTestControlPlane({ HAMON_DATABASE_CONNECTIONS: String(CONNECTIONS) });
  });
  afterAll(async () => {
    for (const runner of taken) await runner.release();
    await plane.discard();
  });

  it('answers calls with 503 and Retry-After, and ends nothing', async () => {
    const device = await FakeDevice.enrol(plane, 'cam-1');
    const token = await enrolmentToken(plane);
    // As they come free: background work has some of them now and then.
    for (let i = 0; i < CONNECTIONS; i += 1) {
      const runner = plane.database.createQueryRunner();
      await runner.connect();
      taken.push(runner);
    }
    const key = await generateSigningKey();
    const [listed, created, enrolled, alive] = await Promise.all([
      plane.call('GET', '/v1/devices'),
      plane.call('POST', '/v1/models', { name: 'tiles', task: 'classification' }),
      tryEnrol(plane, token, key),
      plane.call('GET', '/healthz'),
    ]);
    for (const { status, body, headers } of [listed, created, enrolled]) {
      expect([status, body]).toEqual([
        503,
        expect.objectContaining({ code: 'overloaded', detail: expect.stringContaining('try again') }),
      ]);
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
    expect(alive.status).toBe(200);
    await expect(device.connect()).rejects.toMatchObject({ code: 3 });

    for (const runner of taken.splice(0)) await runner.release();
    expect(await plane.call('GET', '/v1/devices')).toMatchObject({ status: 200 });
    expect(await tryEnrol(plane, token, key)).toMatchObject({ status: 201 });
    await device.connect();
    await device.stop();
  });
});
