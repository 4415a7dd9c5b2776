import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type DevicePolicy, type TelemetryWindow } from '@hamon/contracts';
import type { DataEvent } from '../../src/data/data-events.js';
import { tensorForm } from '@hamon/inference';
import { CloudClient } from '../../src/data/fallback/cloud-client.js';
import { CloudFallback } from '../../src/data/fallback/cloud-fallback.js';
import type { Frame } from '../../src/data/frame.js';
import { FrameRouter } from '../../src/data/frame-router.js';
import { answers, CLOUD_RESULT, CloudServer, fails, silent } from './support/cloud-server.js';
import { image, startModel, stopModels } from './support/example-models.js';
import { until } from './support/until.js';

const MODEL = CLOUD_RESULT.model;
/** Longer than any answer takes: only ends a test that would hang. */
const LONG_MS = 60_000;
const policy = {
  ...DEFAULT_DEVICE_POLICY.fallback,
  enabled: true,
  edgeDeadlineMs: LONG_MS,
  cloudDeadlineMs: LONG_MS,
};
const frame: Frame = { kind: 'image', bytes: new Uint8Array([1, 2, 3]), mediaType: 'image/png' };

let server: CloudServer;
let url: string;
let events: DataEvent[];

beforeEach(async () => {
  server = new CloudServer();
  url = await server.listen();
  events = [];
});
afterEach(async () => {
  await server.close();
  await stopModels();
});

const client = (token = () => Promise.resolve('secret')): CloudClient =>
  new CloudClient({ serverUrl: url, token });
const newFallback = (restMs = 60_000): CloudFallback =>
  new CloudFallback({
    client: client(),
    onEvent: (event) => void events.push(event),
    failuresToOpen: 3,
    restMs,
    maxRestMs: restMs,
  });

describe('CloudClient', () => {
  it('sends the bytes as they came, with the device token', async () => {
    expect(await client().ask('surface-inspection', frame, LONG_MS)).toEqual({
      ok: true,
      value: CLOUD_RESULT,
    });
    await client().ask('m', { kind: 'tensor', data: new Float32Array([1]) }, LONG_MS);
    expect(server.received).toMatchObject([
      {
        ...{ url: '/v1/inference/surface-inspection', authorization: 'Bearer secret' },
        ...{ contentType: 'image/png', accept: 'application/vnd.hamon.result.2+json, application/json' },
      },
      { url: '/v1/inference/m', contentType: 'application/octet-stream' },
    ]);
    expect([...server.received[0]!.body]).toEqual([1, 2, 3]);
    expect([...server.received[1]!.body]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it.each([
    ['unavailable', 503],
    ['unavailable', 429],
    ['unavailable', 404],
    ['unavailable', 401],
    ['frame-refused', 400],
    ['frame-refused', 413],
    ['frame-refused', 422],
  ])('calls it %s on HTTP %d', async (code, status) => {
    server.behaviour = (_, response) => void response.writeHead(status).end('{}');
    expect(await client().ask('m', frame, LONG_MS)).toMatchObject({ ok: false, error: { code } });
  });

  it.each([
    ['not JSON', 'hello'],
    ['another document', '{"schema":"hamon.result/2"}'],
    ['of another model', JSON.stringify(CLOUD_RESULT)],
    ['endless', 'x'.repeat(5 * 1024 ** 2)],
  ])('takes no answer that is %s', async (_, text) => {
    server.behaviour = (_request, response) => void response.writeHead(200).end(text);
    expect(await client().ask('m', frame, LONG_MS)).toMatchObject({
      ok: false,
      error: { code: 'bad-answer' },
    });
  });

  it('ends by the deadline against a silent server, a stalled body and a token that never comes', async () => {
    server.behaviour = silent;
    expect(await client().ask('m', frame, 50)).toMatchObject({ ok: false, error: { code: 'too-slow' } });
    server.behaviour = (_, response) => void response.writeHead(200).write('{');
    expect(await client().ask('m', frame, 50)).toMatchObject({ ok: false, error: { code: 'too-slow' } });
    const waiting = client(() => new Promise(() => undefined));
    expect(await waiting.ask('m', frame, 50)).toMatchObject({ ok: false, error: { code: 'too-slow' } });
  });

  it('has an outcome without a server, without a token and on a broken connection', async () => {
    const refused = client(() => Promise.reject(new Error('no key')));
    expect(await refused.ask('m', frame, LONG_MS)).toMatchObject({
      ok: false,
      error: { code: 'unreachable' },
    });
    server.behaviour = (_, response) => void response.destroy();
    expect(await client().ask('m', frame, LONG_MS)).toMatchObject({
      ok: false,
      error: { code: 'unreachable' },
    });
    await server.close();
    expect(await client().ask('m', frame, LONG_MS)).toMatchObject({
      ok: false,
      error: { code: 'unreachable' },
    });
    server = new CloudServer();
    await server.listen();
  });
});

describe('CloudFallback', () => {
  it('opens after failures in a row, asks nobody meanwhile, probes after the rest and closes on success', async () => {
    const fallback = newFallback(500);
    server.behaviour = fails;
    for (let i = 0; i < 3; i += 1) await fallback.ask(MODEL, frame, 'edge-error', policy);
    expect(fallback.breakerState).toBe('open');
    expect(fallback.ask(MODEL, frame, 'edge-error', policy)).toBeUndefined();
    expect(server.received).toHaveLength(3);
    expect(events.map(({ kind }) => kind)).toEqual(['fallback-open']);

    // The probe fails: open again, without a second event.
    await until('the first probe', () => fallback.mayAsk(policy));
    await fallback.ask(MODEL, frame, 'edge-error', policy);
    expect(fallback.breakerState).toBe('open');

    server.behaviour = answers;
    await until('the second probe', () => fallback.mayAsk(policy));
    expect(await fallback.ask(MODEL, frame, 'edge-error', policy)).toMatchObject({ ok: true });
    expect(fallback.breakerState).toBe('closed');
    expect(events.map(({ kind }) => kind)).toEqual(['fallback-open', 'fallback-closed']);
    expect(fallback.counts['edge-error']).toEqual({ asked: 5, answered: 1 });
  });

  it('lets one request probe, and no other wait for it', async () => {
    const fallback = newFallback(30);
    server.behaviour = fails;
    for (let i = 0; i < 3; i += 1) await fallback.ask(MODEL, frame, 'too-slow', policy);
    server.behaviour = silent;
    await until('the probe', () => fallback.mayAsk(policy));
    const probe = fallback.ask(MODEL, frame, 'too-slow', { ...policy, cloudDeadlineMs: 200 });
    expect(probe).toBeDefined();
    expect(fallback.breakerState).toBe('half-open');
    expect(fallback.ask(MODEL, frame, 'too-slow', policy)).toBeUndefined();
    expect(await probe).toMatchObject({ ok: false, error: { code: 'too-slow' } });
  });

  it('stays closed while the server only refuses frames', async () => {
    const fallback = newFallback();
    server.behaviour = (_, response) => void response.writeHead(422).end();
    for (let i = 0; i < 6; i += 1) await fallback.ask(MODEL, frame, 'low-confidence', policy);
    expect(fallback.breakerState).toBe('closed');
    expect(server.received).toHaveLength(6);
  });

  it('keeps to the bound of requests under way, and to a policy that switches it off', async () => {
    const fallback = newFallback();
    server.behaviour = silent;
    const bounded = { ...policy, maxInFlight: 2, cloudDeadlineMs: 300 };
    const under = [1, 2].map(() => fallback.ask(MODEL, frame, 'too-slow', bounded));
    expect(fallback.ask(MODEL, frame, 'too-slow', bounded)).toBeUndefined();
    await Promise.all(under);
    expect(fallback.mayAsk(bounded)).toBe(true);
    expect(fallback.ask(MODEL, frame, 'too-slow', { ...policy, enabled: false })).toBeUndefined();
  });

  it('probes again by the monotonic clock when the wall clock was set back', async () => {
    const fallback = newFallback(30);
    server.behaviour = fails;
    for (let i = 0; i < 3; i += 1) await fallback.ask(MODEL, frame, 'too-slow', policy);
    server.behaviour = answers;
    const wallClock = Date.now;
    Date.now = () => wallClock() - 365 * 86_400_000;
    try {
      const answered: boolean[] = [];
      const asking = setInterval(() => {
        void fallback.ask(MODEL, frame, 'too-slow', policy)?.then(({ ok }) => answered.push(ok));
      }, 50);
      await until('an answer', () => answered.includes(true));
      clearInterval(asking);
    } finally {
      Date.now = wallClock;
    }
    expect(events.map(({ kind }) => kind)).toEqual(['fallback-open', 'fallback-closed']);
  });
});

describe('FrameRouter with a cloud', () => {
  const devicePolicy = (fallback: Partial<DevicePolicy['fallback']>): DevicePolicy => ({
    ...DEFAULT_DEVICE_POLICY,
    fallback: { ...policy, minConfidence: 0, ...fallback },
  });
  const newRouter = (fallback: CloudFallback) => {
    return new FrameRouter({ telemetry: { device: 'camera', onWindow: () => undefined }, fallback });
  };

  it('answers from the cloud while the child is down, and counts no error of the version', async () => {
    const model = await startModel('1.0.0');
    const router = newRouter(newFallback());
    router.setActive({ ...model, host: null }, devicePolicy({}));
    expect(await router.infer(image(0))).toMatchObject({
      ok: true,
      value: { source: 'cloud', version: '2.0.0' },
    });
    expect(router.counters()).toMatchObject({ accepted: 1, answered: 1, fallbacks: { 'worker-down': 1 } });
    expect(router.activeTally()).toEqual({ frames: 0, errors: 0 });
    expect(
      Buffer.compare(server.received[0]!.body, Buffer.from((image(0) as { bytes: Uint8Array }).bytes)),
    ).toBe(0);
  });

  it('blames no version for frames while it was stopped on purpose, whoever answered them', async () => {
    const model = await startModel('1.0.0');
    const windows: TelemetryWindow[] = [];
    const telemetry = { device: 'camera', onWindow: (w: TelemetryWindow) => void windows.push(w) };
    const router = new FrameRouter({ telemetry, fallback: newFallback() });
    router.setActive({ ...model, host: null, unloaded: true }, devicePolicy({}));
    await router.infer(image(0));
    router.setActive({ ...model, host: null, unloaded: true }, devicePolicy({ enabled: false }));
    expect(await router.infer(image(1))).toMatchObject({ ok: false, error: { code: 'unanswered' } });
    // Its absence is a fault from here on.
    router.setActive({ ...model, host: null, unloaded: false }, devicePolicy({ enabled: false }));
    await router.infer(image(2));
    await router.close();
    expect(windows).toMatchObject([
      { errors: 1, fallbacks: { 'worker-down': 1 }, unloaded: { rescued: 1, unanswered: 1 } },
    ]);
    expect(router.counters()).toMatchObject({ accepted: 3, answered: 1, failed: 2 });
    expect(router.activeTally()).toEqual({ frames: 1, errors: 1 });
  });

  it('tells the cloud what a tensor was made for', async () => {
    const model = await startModel('1.0.0');
    const router = newRouter(newFallback());
    router.setActive({ ...model, host: null }, devicePolicy({}));
    const { input } = model.bundle;
    const data = new Float32Array(input.width * input.height * input.channels);
    expect(await router.infer({ kind: 'tensor', data })).toMatchObject({ ok: true });
    expect(server.received[0]!.contentType).toBe(`application/octet-stream; form=${tensorForm(input)}`);
  });

  it('rescues the frame in which the child died, once, and counts the error', async () => {
    const model = await startModel('1.0.0');
    const router = newRouter(newFallback());
    router.setActive(model, devicePolicy({}));
    process.kill(model.host.pid!, 'SIGSTOP');
    const rescued = router.infer(image(0));
    await until('a run in the child', () => model.host.pendingRuns === 1);
    process.kill(model.host.pid!, 'SIGKILL');
    expect(await rescued).toMatchObject({ ok: true, value: { source: 'cloud' } });
    expect(router.counters()).toMatchObject({ accepted: 1, answered: 1, fallbacks: { 'worker-down': 1 } });
    expect(router.activeTally()).toEqual({ frames: 1, errors: 1 });
    expect(server.received).toHaveLength(1);
  });

  it('asks the cloud when the edge is too slow, and then does not queue behind it', async () => {
    const model = await startModel('1.0.0');
    const router = newRouter(newFallback());
    router.setActive(model, devicePolicy({ edgeDeadlineMs: 30 }));
    process.kill(model.host.pid!, 'SIGSTOP');
    for (let i = 0; i < 10; i += 1) {
      expect(await router.infer(image(i))).toMatchObject({ ok: true, value: { source: 'cloud' } });
    }
    expect(model.host.pendingRuns).toBe(1);
    expect(router.counters()).toMatchObject({ answered: 10, fallbacks: { 'too-slow': 10 } });
    process.kill(model.host.pid!, 'SIGCONT');
    // The late run still counts for the version: it did answer.
    await until('the late edge answer', () => router.activeTally().frames === 1);
    expect(router.activeTally()).toEqual({ frames: 1, errors: 0 });
  });

  it('improves on an unsure answer, uses it where the cloud fails, and at once while the breaker is open', async () => {
    const model = await startModel('1.0.0');
    const fallback = newFallback();
    const router = newRouter(fallback);
    router.setActive(model, devicePolicy({ minConfidence: 1 }));
    const unsure = image(1);
    expect(await router.infer(unsure)).toMatchObject({ ok: true, value: { source: 'cloud' } });
    server.behaviour = fails;
    for (let i = 0; i < 3; i += 1) {
      expect(await router.infer(unsure)).toMatchObject({ ok: true, value: { source: 'edge' } });
    }
    expect(fallback.breakerState).toBe('open');
    expect(await router.infer(unsure)).toMatchObject({ ok: true, value: { source: 'edge' } });
    expect(server.received).toHaveLength(4);
    expect(router.activeTally()).toEqual({ frames: 5, errors: 0 });
    expect(router.counters()).toMatchObject({ answered: 5, fallbacks: { 'low-confidence': 1 } });
  });
});
