import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, InferenceResult, Problem } from '@hamon/contracts';
import { Registry } from 'prom-client';
import { FrameRouter } from '../../src/data/frame-router.js';
import { startLocalHttp, type LocalHttp } from '../../src/data/http/local-http.js';
import { createMetrics } from '../../src/data/metrics.js';
import { TelemetryRecorder } from '../../src/data/telemetry/telemetry-recorder.js';
import { image, startModel, stopModels } from './support/example-models.js';
import { until } from './support/until.js';

let http: LocalHttp;
let router: FrameRouter;
let bugs: unknown[];
let healthy: boolean;

beforeEach(async () => {
  bugs = [];
  healthy = true;
  const telemetry = new TelemetryRecorder({ device: 'camera', onWindow: () => undefined });
  router = new FrameRouter({ telemetry });
  http = await startLocalHttp({
    host: '127.0.0.1',
    port: 0,
    router,
    registry: createMetrics({ router, telemetry }),
    status: () => ({ schema: 'hamon.status/1' }),
    isHealthy: () => healthy,
    maxBodyBytes: 200_000,
    onBug: (cause) => void bugs.push(cause),
  });
});
afterEach(async () => {
  await http.close();
  await stopModels();
  expect(bugs).toEqual([]);
});

const post = (body: Uint8Array, type: string): Promise<Response> =>
  fetch(`${http.url}/v1/infer`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: body as Uint8Array<ArrayBuffer>,
  });

async function serve() {
  const model = await startModel('2.0.0');
  const fallback = { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false };
  router.setActive(model, { ...DEFAULT_DEVICE_POLICY, fallback });
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
    expect(router.counters()).toMatchObject({ accepted: 0 });
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
      expect(text).toContain('hamon_frames_accepted_total 1\n');
      expect(text).toContain('hamon_frames_answered_total 1\n');
      expect(text).toContain('hamon_fallback_answers_total{reason="too-slow"} 0\n');
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
    await expect(
      startLocalHttp({ host: '127.0.0.1', port, router, registry: new Registry(), status: () => ({}) }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
