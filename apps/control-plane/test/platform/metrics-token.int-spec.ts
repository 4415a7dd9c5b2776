import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const TOKEN = 'scraper-scraper-scraper';

let plane: TestControlPlane;
const scrape = (authorization?: string): Promise<Response> =>
  fetch(`${plane.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

describe('metrics behind a token', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane({ HAMON_METRICS_TOKEN: TOKEN });
  });
  afterAll(() => plane.discard());

  it('answer its bearer', async () => {
    const answer = await scrape(`Bearer ${TOKEN}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('hamon_devices');
  });

  it('answer nobody else, and name the setting', async () => {
    for (const authorization of [undefined, 'Bearer ', `Bearer ${TOKEN}x`, TOKEN, `Bearer ${plane.token}`]) {
      const answer = await scrape(authorization);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({
        code: 'unauthenticated',
        detail: expect.stringContaining('HAMON_METRICS_TOKEN'),
      });
    }
  });

  it('open nothing else with it', async () => {
    const answer = await fetch(`${plane.url}/v1/devices`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(401);
  });
});
