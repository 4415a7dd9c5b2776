import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceResult, Problem } from '@hamon/contracts';
import { deviceRoutes } from '../../../src/data/http/device-routes.js';
import { inferRoutes } from '../../../src/data/http/infer-route.js';
import { startLocalHttp, type LocalHttp } from '../../../src/data/http/local-http.js';
import { image, startModel, stopModels } from '../support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from '../support/test-plane.js';
import { until } from '../support/until.js';

let http: LocalHttp;
let test: TestPlane;
let bugs: unknown[];
let healthy: boolean;

beforeEach(async () => {
  bugs = [];
  healthy = true;
  test = testPlane();
  http = await startLocalHttp({
    host: '127.0.0.1',
    port: 0,
    routes: [
      ...inferRoutes({ models: test.plane, maxBodyBytes: 200_000 }),
      ...deviceRoutes({
        registry: test.plane.metrics,
        status: () => ({ schema: 'hamon.status/1' }),
        isHealthy: () => healthy,
      }),
    ],
    onBug: (cause) => void bugs.push(cause),
  });
});
afterEach(async () => {
  await http.close();
  await stopModels();
  expect(bugs).toEqual([]);
});

const post = (body: Uint8Array, type: string, path = '/v1/infer'): Promise<Response> =>
  fetch(`${http.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: body as Uint8Array<ArrayBuffer>,
  });

async function serve(name = 'surface-inspection') {
  const model = await startModel('2.0.0', { name });
  test.earliest ??= name;
  test.plane.router(name).setActive(model, EDGE_POLICY);
  return model;
}

describe('local HTTP', () => {
  it('answers an image and a tensor with a result', async () => {
    await serve();
    const answer = await post(image(0).bytes, 'image/png; charset=binary');
    expect(answer.status).toBe(200);
    expect(InferenceResult.parse(await answer.json())).toMatchObject({
      source: 'edge',
      output: { label: 'dent' },
    });
    const tensor = await post(new Uint8Array(96 * 96 * 4), 'application/octet-stream');
    expect(InferenceResult.safeParse(await tensor.json()).success).toBe(true);
  });

  it('answers for the model that the path names, and asks which one is meant where there are several', async () => {
    await serve('spots');
    await serve('tiles');
    const named = await post(image(0).bytes, 'image/png', '/v1/models/tiles/infer');
    expect(await named.json()).toMatchObject({ model: 'tiles', task: 'classification' });
    const both = await post(image(0).bytes, 'image/png');
    expect(Problem.parse(await both.json())).toMatchObject({
      status: 409,
      code: 'several-models',
      detail: expect.stringContaining('spots, tiles'),
    });
    const foreign = await post(image(0).bytes, 'image/png', '/v1/models/dents/infer');
    expect(Problem.parse(await foreign.json())).toMatchObject({
      status: 404,
      code: 'unknown-model',
      detail: 'this device runs no model "dents"; it runs spots, tiles',
    });
    const get = await fetch(`${http.url}/v1/models/tiles/infer`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(test.counters.read()).toMatchObject({ accepted: 1, rejected: 0 });

    await test.plane.drop('spots');
    expect((await post(image(0).bytes, 'image/png')).status).toBe(200);
  });

  it.each([
    [415, 'unsupported-media-type', 'image/gif', new Uint8Array(3)],
    [413, 'too-large', 'image/png', new Uint8Array(200_001)],
    [422, 'undecodable', 'image/png', new Uint8Array(10)],
    [422, 'undecodable', 'image/jpeg', new Uint8Array(0)],
    [400, 'input-mismatch', 'application/octet-stream', new Uint8Array(7)],
    [400, 'input-mismatch', 'application/octet-stream', new Uint8Array(8)],
  ])('refuses with %d %s', async (status, code, type, body) => {
    await serve();
    const answer = await post(body, type);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Problem.parse(await answer.json())).toMatchObject({ status, code });
    expect(test.counters.read()).toMatchObject({ accepted: 0 });
  });

  it('refuses a body of unknown length as soon as it is too long', async () => {
    await serve();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        `${http.url}/v1/infer`,
        { method: 'POST', headers: { 'content-type': 'image/png' } },
        (response) => {
          resolve(response.statusCode);
          response.resume();
          sending.destroy();
        },
      );
      sending.on('error', reject);
      // Never ended: an answer that waited for the end would not come.
      sending.write(new Uint8Array(150_000));
      sending.write(new Uint8Array(150_000));
    });
    expect(status).toBe(413);
  });

  it('says when to come again while there is no model and while too much is under way', async () => {
    const early = await post(image(0).bytes, 'image/png');
    expect(early.status).toBe(503);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await early.json()).toMatchObject({ code: 'no-model' });

    const model = await serve();
    process.kill(model.host.pid!, 'SIGSTOP');
    const under = [1, 2, 3, 4].map((i) => post(image(i).bytes, 'image/png'));
    await until('four runs under way', () => model.host.pendingRuns === 4);
    const fifth = await post(image(5).bytes, 'image/png');
    expect(fifth.status).toBe(503);
    expect(fifth.headers.get('retry-after')).toBe('1');
    process.kill(model.host.pid!, 'SIGCONT');
    expect((await Promise.all(under)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('survives a client that goes away in the middle of a body', async () => {
    await serve();
    const port = Number(new URL(http.url).port);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          'POST /v1/infer HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 1000\r\n\r\nhalf',
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await post(image(0).bytes, 'image/png')).status).toBe(200);
  });

  it('shows status, health and metrics, and knows nothing else', async () => {
    await serve();
    await post(image(0).bytes, 'image/png');
    expect(await (await fetch(`${http.url}/v1/status`)).json()).toEqual({ schema: 'hamon.status/1' });
    expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
    healthy = false;
    expect((await fetch(`${http.url}/healthz`)).status).toBe(503);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const text = await (await fetch(`${http.url}/metrics`)).text();
      const lane = 'model="surface-inspection",stream="main"';
      expect(text).toContain(`hamon_frames_accepted_total{${lane}} 1\n`);
      expect(text).toContain(`hamon_frames_answered_total{${lane}} 1\n`);
      expect(text).toContain(`hamon_fallback_answers_total{${lane},reason="too-slow"} 0\n`);
      expect(text).toContain(
        'hamon_model_info{model="surface-inspection",version="2.0.0",variant="fp32"} 1\n',
      );
    }
    expect((await fetch(`${http.url}/v1/secrets`)).status).toBe(404);
    const wrong = await fetch(`${http.url}/v1/infer`);
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('closes although one client never ends its request and another keeps its connection', async () => {
    await serve();
    const port = Number(new URL(http.url).port);
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) =>
      socket.write(
        'POST /v1/infer HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 9\r\n\r\n',
        () => resolve(),
      ),
    );
    await post(image(0).bytes, 'image/png');
    await http.close();
    await ended;
    await expect(fetch(`${http.url}/healthz`)).rejects.toThrow();
  });

  it('rejects where the port is taken', async () => {
    const port = Number(new URL(http.url).port);
    await expect(startLocalHttp({ host: '127.0.0.1', port, routes: [] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
