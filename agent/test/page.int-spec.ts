import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodePixels } from '@hamon/inference';
import type { Overview } from '../src/overview.js';
import type { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { QUICK_POLICY } from './support/test-fleet.js';
import { until } from './support/until.js';

const TOKEN = 'the-token-of-this-gateway';
/** An address of this machine under which it is not loopback. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const ENV = { HAMON_SECRET_PAGE: TOKEN };

describe('the page of a gateway', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  /** A device that answers its own stream, `main`, and a hostile one. */
  async function gateway(http: Record<string, unknown> = {}): Promise<{ agent: AgentProcess; url: string }> {
    const source = { kind: 'directory', path: scene.images, framesPerSecond: 50 };
    const streams = [{ name: 'press-2', source, defect: { labels: ['a', 'b', 'c', 'left', 'right'] } }];
    const { agent } = await scene.running(
      await scene.bundle('1.0.0'),
      QUICK_POLICY,
      { streams, http: { port: 0, ...http } },
      ENV,
    );
    return { agent, url: await agent.httpUrl() };
  }

  it('shows streams, models and what they answer, to people on this machine', async () => {
    const { url } = await gateway();
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const html = await page.text();
    for (const [, file] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(file).not.toMatch(/^(https?:)?\/\//);
      const answer = await fetch(new URL(file!, `${url}/`));
      expect([file, answer.status, answer.headers.get('x-content-type-options')]).toMatchObject([
        file,
        200,
        {},
      ]);
    }
    const overview = async (): Promise<Overview> =>
      (await (await fetch(`${url}/v1/overview`)).json()) as Overview;
    let seen = await overview();
    await until('frames are answered', async () => {
      seen = await overview();
      return seen.streams.every(({ answers }) => answers > 10);
    });
    expect(seen).toMatchObject({
      ...{ schema: 'hamon.overview/1', device: expect.stringMatching(/^cam-/), connected: true },
      models: [{ model: 'tiny', current: '1.0.0', variant: 'fp32' }],
      streams: [
        { name: 'main', model: 'tiny', version: '1.0.0', source: 'directory', state: 'running' },
        { name: 'press-2', model: 'tiny' },
      ],
    });
    const picture = await fetch(`${url}/v1/streams/press-2/snapshot.jpg`);
    expect(await decodePixels(new Uint8Array(await picture.arrayBuffer()))).toMatchObject({ channels: 3 });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('hamon_live_pictures_total 1\n');
  });

  it.skipIf(outside === undefined)('asks whoever comes from elsewhere for the token', async () => {
    const { url } = await gateway({ host: '0.0.0.0', token: { secret: 'page' } });
    const there = url.replace('0.0.0.0', outside!);
    const get = (path: string, headers = {}): Promise<Response> =>
      fetch(`${there}${path}`, { headers, redirect: 'manual' });
    const login = await get('/');
    expect([login.status, login.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(await login.text()).toContain('<form method="post" action="login">');
    for (const path of ['/v1/overview', '/v1/status', '/metrics', '/v1/streams/main/snapshot.jpg']) {
      expect([path, (await get(path)).status]).toEqual([path, 401]);
    }
    expect((await get('/healthz')).status).toBe(200);

    const send = (token: string, headers = {}): Promise<Response> =>
      fetch(`${there}/login`, {
        ...{ method: 'POST', redirect: 'manual', headers },
        body: new URLSearchParams({ token }),
      });
    expect((await send('another token of sorts')).status).toBe(401);
    expect((await send(TOKEN, { origin: 'https://evil.example' })).status).toBe(403);
    const opened = await send(TOKEN);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, './']);
    const cookie = opened.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const allowed = { cookie: cookie.split(';')[0]! };
    expect((await get('/', allowed)).status).toBe(200);
    expect((await get('/v1/overview', allowed)).status).toBe(200);
    expect((await get('/v1/status', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    // Programs on the gateway itself need none.
    expect((await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/v1/status`)).status).toBe(200);
  });

  it('is not opened to a network without a token, nor with one that is missing', async () => {
    const { agent } = await scene.device({ http: { host: '0.0.0.0', port: 0 } });
    await expect(agent.start()).rejects.toThrow('http.host: 0.0.0.0 is open to the network');
    const missing = agent.restart({ http: { host: '0.0.0.0', port: 0, token: { secret: 'page' } } });
    await expect(missing).rejects.toThrow('the secret "page" is missing');
  });
});
