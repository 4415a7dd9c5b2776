import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chunkTopic,
  deviceTopic,
  messageSpec,
  type AuditEntryView,
  type BenchmarkState,
  type BenchmarkView,
  type Page,
  type VersionChoicesView,
  type VersionView,
} from '@hamon/contracts';
import { resultsOf } from '../support/benchmark-results.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { pushVariants } from '../support/push-variants.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let version: VersionView;
const devices: FakeDevice[] = [];

const join = async (id: string, online = true): Promise<FakeDevice> => {
  const device = await FakeDevice.enrol(plane, id);
  devices.push(device);
  if (online) await device.connect();
  return device;
};

const WANTED = { model: 'tiny', version: '1.0.0' };

const ask = async (device: FakeDevice, wanted: object = WANTED, headers = {}) =>
  plane.call<BenchmarkView & { code: string; detail: string }>(
    ...(['POST', `/v1/devices/${device.id}/benchmarks`, wanted, headers] as const),
  );

const view = async (id: string): Promise<BenchmarkView> =>
  (await plane.call<BenchmarkView>('GET', `/v1/benchmarks/${id}`)).body;

const becomes = (id: string, state: BenchmarkState): Promise<BenchmarkView> =>
  eventually(`${id} is ${state}`, async () => {
    const seen = await view(id);
    return seen.state === state && seen;
  });

const told = (device: FakeDevice, id: string, times = 1) =>
  eventually(`${device.id} is told of ${id}`, () => {
    const heard = device.commands.filter((command) => command.id === id);
    return heard.length >= times && heard.at(-1);
  });

const refusals = async (what: string): Promise<number> => {
  const metrics = await fetch(`${plane.url}/metrics`).then((answer) => answer.text());
  const pattern = new RegExp(`hamon_peer_messages_refused_total\\{what="${what}"\\} (\\d+)`);
  return Number(pattern.exec(metrics)?.[1] ?? 0);
};

const isOpen = async (device: FakeDevice): Promise<string> => {
  const { status, body } = await ask(device);
  if (status !== 201) throw new Error(JSON.stringify(body));
  await told(device, body.id);
  return body.id;
};

const nothingLeftToSay = (id: string): Promise<boolean> =>
  eventually(`nothing is left to say of ${id}`, async () => {
    const [row] = await plane.database.query<{ jws: unknown }[]>(`SELECT jws FROM benchmarks WHERE id = $1`, [
      id,
    ]);
    return row?.jws === null;
  });

const publishedChunks = async (): Promise<string[]> =>
  (await plane.database.query<{ sha256: string }[]>(`SELECT sha256 FROM published_chunks`)).map(
    ({ sha256 }) => sha256,
  );

describe('benchmarks', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    version = await pushVariants(plane);
  });
  afterAll(async () => {
    for (const device of devices) await device.stop().catch(() => undefined);
    await plane.discard();
  });

  it('are told to the device, followed, and kept for its hardware class', async () => {
    const device = await join('cam-1');
    const { status, body } = await ask(device);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      device: 'cam-1',
      ...WANTED,
      state: 'requested',
      results: [],
      endedAt: null,
    });
    const command = await told(device, body.id);
    if (command.kind !== 'benchmark') throw new Error(command.kind);
    const { variants } = command.benchmark;
    expect(variants.map(({ variant, bundle }) => [variant, bundle.sha256])).toEqual(
      version.variants.map(({ name, bundle }) => [name, bundle]),
    );
    // The device gets what it is to measure by the broker, as with a deployment.
    for (const { bundle } of variants) for (const chunk of bundle.chunks) await device.fetchChunk(chunk);

    await device.reply(body.id, { state: 'accepted' });
    expect(await becomes(body.id, 'running')).toMatchObject({ progress: null });
    await device.reply(body.id, { progress: { done: 1, total: 9, step: 'fp32: memory' } });
    await eventually('progress', async () => (await view(body.id)).progress?.step === 'fp32: memory');

    const results = resultsOf(version);
    for (let i = 0; i < 2; i += 1) await device.reply(body.id, { state: 'succeeded', results });
    const ended = await becomes(body.id, 'succeeded');
    expect(ended).toMatchObject({ results, hardwareClass: 'arm64-4c-4g-ort1.30-plain', reason: null });
    const { body: shown } = await plane.call<VersionView>('GET', '/v1/models/tiny/versions/1.0.0');
    expect(
      shown.profiles?.map(({ variant, source, device: by, hardwareClass, figures }) => [
        ...[variant, source, by, hardwareClass, figures.rssMb],
      ]),
    ).toEqual([
      ['fp32', 'device', 'cam-1', ended.hardwareClass, 80],
      ['int8-static', 'device', 'cam-1', ended.hardwareClass, 80],
    ]);
    await eventually('its chunks to be withdrawn', async () => (await publishedChunks()).length === 0);
    const { body: audit } = await plane.call<Page<AuditEntryView>>('GET', '/v1/audit');
    expect(audit.items.filter(({ action }) => action.startsWith('benchmark.'))).toMatchObject([
      {
        action: 'benchmark.succeed',
        actor: 'device:cam-1',
        subject: 'cam-1',
        detail: { benchmark: body.id },
      },
      { action: 'benchmark.request', actor: 'admin:bootstrap', subject: 'cam-1' },
    ]);
    const { body: list } = await plane.call<Page<BenchmarkView>>('GET', '/v1/devices/cam-1/benchmarks');
    expect(list.items.map((item) => ({ schema: 'hamon.benchmark/1', ...item }))).toEqual([ended]);
  });

  it('are refused with one reason, and nothing begins', async () => {
    const device = await join('cam-refused', false);
    const refused = async (wanted: object) => {
      const { status, body } = await ask(device, wanted);
      return [status, body.code];
    };
    expect(await refused({ ...WANTED, version: '9.9.9' })).toEqual([404, 'version-not-found']);
    expect(await refused({ model: 'tiny' })).toEqual([400, 'invalid-request']);
    expect(await refused({ ...WANTED, plan: { rounds: 0 } })).toEqual([400, 'invalid-request']);
    expect((await plane.call('POST', '/v1/devices/nobody/benchmarks', WANTED)).status).toBe(404);
    expect((await plane.call('GET', '/v1/devices/nobody/benchmarks')).status).toBe(404);
    expect((await plane.call('GET', `/v1/benchmarks/${randomUUID()}`)).status).toBe(404);
    await plane.database.query(`UPDATE versions SET state = 'retired' WHERE model = 'tiny'`);
    expect(await refused(WANTED)).toEqual([409, 'version-state']);
    await plane.database.query(`UPDATE versions SET state = 'validated' WHERE model = 'tiny'`);
    const { body } = await plane.call<Page<BenchmarkView>>('GET', `/v1/devices/${device.id}/benchmarks`);
    expect(body.items).toEqual([]);
  });

  it('are one at a time per device, however many ask at once', async () => {
    const device = await join('cam-busy', false);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(device)));
    const begun = answers.filter(({ status }) => status === 201);
    expect(begun).toHaveLength(1);
    const id = begun[0]!.body.id;
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body.code]).toEqual([409, 'benchmark-open']);
      expect(body.detail).toContain(id);
    }
    // Never told, so that there is nothing to cancel there.
    expect((await plane.call('POST', `/v1/benchmarks/${id}/cancel`)).body).toMatchObject({
      state: 'cancelled',
    });
    const key = { 'idempotency-key': randomUUID() };
    const [first, again] = [await ask(device, WANTED, key), await ask(device, WANTED, key)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    await plane.call('POST', `/v1/benchmarks/${first.body.id}/cancel`);
  });

  it('reach a device when it connects, and again on each connection, each command later than the one before', async () => {
    const device = await join('cam-away', false);
    const { body } = await ask(device);
    await device.connect();
    const first = await told(device, body.id);
    await device.stop();
    await device.connect();
    const second = await told(device, body.id, 2);
    expect(second).toEqual(first);
    await device.reply(body.id, { state: 'failed', reason: { code: 'worker-crashed', detail: 'twice' } });
    expect(await becomes(body.id, 'failed')).toMatchObject({
      reason: { code: 'worker-crashed', detail: 'twice' },
      hardwareClass: null,
    });
    const next = await isOpen(device);
    const later = device.commands.find(({ id }) => id === next);
    expect(Date.parse(later!.issuedAt)).toBeGreaterThan(Date.parse(first.issuedAt));
    await plane.call('POST', `/v1/benchmarks/${next}/cancel`);
  });

  it('that are cancelled are cancelled on the device until it has answered', async () => {
    const device = await join('cam-cancel');
    const id = await isOpen(device);
    await plane.call('POST', `/v1/benchmarks/${id}/cancel`);
    expect(await told(device, id, 2)).toMatchObject({ kind: 'cancel' });
    await device.stop();
    await device.connect();
    expect(await told(device, id, 3)).toMatchObject({ kind: 'cancel' });
    await device.reply(id, { state: 'cancelled' });
    await nothingLeftToSay(id);
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    const marker = await isOpen(device);
    await device.reply(marker, { state: 'refused', reason: { code: 'no-memory', detail: '' } });
    await becomes(marker, 'failed');
    expect(await view(id)).toMatchObject({ state: 'cancelled', results: [] });
  });

  it('expire while their device is offline, and later replies do not count', async () => {
    const device = await join('cam-late');
    const id = await isOpen(device);
    await device.reply(id, { state: 'accepted' });
    await becomes(id, 'running');
    await plane.database.query(`UPDATE benchmarks SET expires_at = now() WHERE id = $1`, [id]);
    await becomes(id, 'expired');
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    // The next one is open at once, and its end proves that the late reply was seen before.
    const next = await isOpen(device);
    await device.reply(next, { state: 'succeeded', results: resultsOf(version) });
    await becomes(next, 'succeeded');
    expect(await view(id)).toMatchObject({ state: 'expired', results: [] });
  });

  it('that expire are stopped on a device that still measures, until it has answered or a day is over', async () => {
    const device = await join('cam-slow-clock');
    const id = await isOpen(device);
    await device.reply(id, { state: 'accepted' });
    await becomes(id, 'running');
    await plane.database.query(`UPDATE benchmarks SET expires_at = now() WHERE id = $1`, [id]);
    await becomes(id, 'expired');
    const stop = await told(device, id, 2);
    expect(stop).toMatchObject({ kind: 'cancel' });
    // A device that knows the expiry must not refuse the command for that.
    expect(Date.parse(stop.expiresAt)).toBeGreaterThan(Date.now());
    await device.stop();
    await device.connect();
    expect(await told(device, id, 3)).toEqual(stop);
    await device.reply(id, { state: 'cancelled' });
    await nothingLeftToSay(id);

    const silent = await isOpen(device);
    await plane.database.query(`UPDATE benchmarks SET expires_at = now() WHERE id = $1`, [silent]);
    await told(device, silent, 2);
    await plane.database.query(
      `UPDATE benchmarks SET expires_at = now() - interval '1 day 1 second' WHERE id = $1`,
      [silent],
    );
    await nothingLeftToSay(silent);
    expect(await view(id)).toMatchObject({ state: 'expired' });
  });

  it('that no device was told of expire without a command', async () => {
    const device = await join('cam-never', false);
    const { body } = await ask(device);
    await plane.database.query(`UPDATE benchmarks SET expires_at = now() WHERE id = $1`, [body.id]);
    await becomes(body.id, 'expired');
    await nothingLeftToSay(body.id);
  });

  it.each([
    [
      'of an unknown bundle',
      () => [{ ...resultsOf(version)[0]!, bundle: 'f'.repeat(64) }, resultsOf(version)[1]!],
    ],
    [
      'of an unknown variant',
      () => [{ ...resultsOf(version)[0]!, variant: 'other' }, resultsOf(version)[1]!],
    ],
    ['without a variant', () => resultsOf(version).slice(1)],
    ['of one variant twice', () => [resultsOf(version)[0]!, resultsOf(version)[0]!]],
    ['of another file', () => resultsOf(version, { bytes: 7 })],
    [
      'with a median above the tail',
      () => resultsOf(version, { oneThread: { threads: 1, runs: 9, p50Ms: 3, p95Ms: 2 } }),
    ],
    [
      'with one thread that is four',
      () => resultsOf(version, { oneThread: { threads: 4, runs: 9, p50Ms: 1, p95Ms: 2 } }),
    ],
  ])('do not keep results %s', async (_, results) => {
    const device = devices.find(({ id }) => id === 'cam-late')!;
    const before = await plane.database.query(`SELECT * FROM variant_profiles ORDER BY 1, 2, 3, 4`);
    const id = await isOpen(device);
    await device.reply(id, { state: 'succeeded', results: results() });
    const { reason } = await becomes(id, 'failed');
    expect(reason).toMatchObject({ code: 'results-invalid', detail: expect.stringMatching(/^results/) });
    expect(await plane.database.query(`SELECT * FROM variant_profiles ORDER BY 1, 2, 3, 4`)).toEqual(before);
  });

  it('keep figures of the fit variants where another one is unfit', async () => {
    const device = devices.find(({ id }) => id === 'cam-late')!;
    const id = await isOpen(device);
    const [fp32, int8] = resultsOf(version, { rssMb: 99 });
    const unfit = { code: 'golden-mismatch', detail: 'golden/0.png' } as const;
    await device.reply(id, { state: 'succeeded', results: [fp32!, { ...int8!, figures: null, unfit }] });
    await becomes(id, 'succeeded');
    const { body } = await plane.call<VersionView>('GET', '/v1/models/tiny/versions/1.0.0');
    expect(body.profiles?.map(({ figures }) => figures.rssMb)).toEqual([99, 80]);
  });

  it('keep an unfit variant from being chosen for its class, until a device of it measures it again', async () => {
    const device = devices.find(({ id }) => id === 'cam-late')!;
    const seen = async () => {
      const { body } = await plane.call<VersionView>('GET', '/v1/models/tiny/versions/1.0.0');
      const { body: choices } = await plane.call<VersionChoicesView>(
        ...(['GET', '/v1/models/tiny/versions/1.0.0/choices'] as const),
      );
      return { unfit: body.unfit, rejected: choices.classes[0]?.rejected };
    };
    const reason = { code: 'golden-mismatch', detail: 'golden/0.png' };
    const { unfit, rejected } = await seen();
    expect(unfit).toMatchObject([{ variant: 'int8-static', device: 'cam-late', reason }]);
    expect(rejected).toEqual([
      { variant: 'int8-static', reasons: ['unfit there: golden-mismatch: golden/0.png'] },
    ]);

    const id = await isOpen(device);
    await device.reply(id, { state: 'succeeded', results: resultsOf(version, { rssMb: 98 }) });
    await becomes(id, 'succeeded');
    expect(await seen()).toEqual({ unfit: [], rejected: [] });
  });

  it('accept replies of their own device only, and none that is malformed', async () => {
    const [device, other] = [await join('cam-true'), await join('cam-false')];
    const id = await isOpen(device);
    const before = await refusals('reply');
    // Under its own topic, but of a benchmark of another device.
    await other.reply(id, { state: 'succeeded', results: resultsOf(version) });
    await eventually('the forgery to be counted', async () => (await refusals('reply')) === before + 1);
    const { fleet } = device.identity;
    const own = deviceTopic('reply', fleet, device.id);
    const send = (payload: string) => device.client.publishAsync(own, payload, { qos: 1 });
    await send('{"schema":"hamon.reply/1"}');
    await send(
      JSON.stringify({
        schema: 'hamon.reply/1',
        id,
        device: other.id,
        at: new Date().toISOString(),
        kind: 'benchmark',
        state: 'failed',
        progress: null,
        reason: null,
        results: [],
      }),
    );
    await eventually('all to be counted', async () => (await refusals('reply')) === before + 3);
    // The embedded broker does not even read what is too long.
    const cut = new Promise<void>((resolve) => device.client.once('close', () => resolve()));
    void send('x'.repeat(messageSpec('reply').maxBytes + 1)).catch(() => undefined);
    await cut;
    expect(await view(id)).toMatchObject({ state: 'requested' });
    await plane.call('POST', `/v1/benchmarks/${id}/cancel`);
  });

  it('use the device’s own topics', async () => {
    const [device, other] = [
      devices.find(({ id }) => id === 'cam-true')!,
      devices.find(({ id }) => id === 'cam-false')!,
    ];
    const { fleet } = device.identity;
    const granted = async (topic: string): Promise<number | undefined> => {
      const [grant] = await other.client.subscribeAsync(topic, { qos: 1 }).catch(() => [{ qos: 128 }]);
      return grant?.qos;
    };
    expect(await granted(deviceTopic('command', fleet, device.id))).toBe(128);
    expect(await granted(deviceTopic('reply', fleet, other.id))).toBe(128);
    expect(await granted(deviceTopic('command', fleet, other.id))).toBe(1);
    expect(await granted(chunkTopic(fleet, 'a'.repeat(64)))).toBe(1);
  });
});
