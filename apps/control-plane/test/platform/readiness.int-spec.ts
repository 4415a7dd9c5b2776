import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Readiness } from '../../src/platform/health/readiness.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

describe('/readyz', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await startTestControlPlane();
  });
  afterAll(() => plane.discard());

  it('says what is missing, without what a driver said about it', async () => {
    expect((await plane.call('GET', '/readyz')).status).toBe(200);
    plane.app.get(Readiness, { strict: false }).register('elsewhere', () => {
      throw new Error('connect ECONNREFUSED 10.1.2.3:5432');
    });
    expect(await plane.call('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'ok', broker: 'ok', elsewhere: 'failed' } },
    });
  });
});
