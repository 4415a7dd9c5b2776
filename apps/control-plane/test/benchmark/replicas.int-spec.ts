import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceTopic, messageSpec, type BenchmarkView, type VersionView } from '@hamon/contracts';
import { whyNoMosquitto } from '@hamon/testing';
import { resultsOf } from '../support/benchmark-results.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { makeMosquittoPlace, type MosquittoPlace } from '../support/mosquitto-place.js';
import { pushVariants } from '../support/push-variants.js';
import type { TestControlPlane } from '../support/test-control-plane.js';

if (whyNoMosquitto !== undefined) console.warn(`skipped: ${whyNoMosquitto}`);

/** Both replicas receive every reply, and both could send every command. */
(whyNoMosquitto === undefined ? describe : describe.skip)('benchmarks with two replicas on Mosquitto', () => {
  let place: MosquittoPlace;
  let secondDir: string;
  let planes: TestControlPlane[];
  let version: VersionView;
  let device: FakeDevice;
  let other: FakeDevice;

  const ask = async (plane = planes[0]!): Promise<string> => {
    const wanted = { model: 'tiny', version: '1.0.0' };
    const { status, body } = await plane.call<BenchmarkView>('POST', `/v1/devices/cam-1/benchmarks`, wanted);
    if (status !== 201) throw new Error(JSON.stringify(body));
    await eventually('the device is told', () => device.commands.some((command) => command.id === body.id));
    return body.id;
  };
  const becomes = (id: string, state: BenchmarkView['state']): Promise<BenchmarkView> =>
    eventually(`${id} is ${state}`, async () => {
      const { body } = await planes[1]!.call<BenchmarkView>('GET', `/v1/benchmarks/${id}`);
      return body.state === state && body;
    });

  beforeAll(async () => {
    place = await makeMosquittoPlace();
    secondDir = await mkdtemp(join(tmpdir(), 'hamon-cp-replica-'));
    const env = {
      HAMON_ADMIN_TOKEN: 'admin-token-of-both-replicas',
      HAMON_ARTIFACTS: join(place.dataDir, 'artifacts'),
    };
    const first = await place.start(env);
    version = await pushVariants(first);
    const shared = { ...env, HAMON_MANIFEST_KEY_FILE: join(place.dataDir, 'keys', 'manifest.jwk') };
    planes = [first, await place.start(shared, secondDir)];
    device = await place.connect(first, 'cam-1');
    other = await place.connect(first, 'cam-2');
  });
  afterAll(async () => {
    await device?.stop();
    await other?.stop();
    for (const plane of planes ?? []) await plane.stop();
    await place?.discard();
    await rm(secondDir, { recursive: true, force: true });
  });

  it('are told once and end once', async () => {
    const id = await ask();
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    await becomes(id, 'succeeded');
    // A second benchmark comes and goes; what was still under way of the first has been seen by then.
    const next = await ask(planes[1]!);
    await device.reply(next, { state: 'failed', reason: { code: 'out-of-time', detail: '' } });
    await becomes(next, 'failed');
    expect(device.commands.map((command) => command.id)).toEqual([id, next]);
    const rows = await planes[0]!.database.query<{ action: string; n: number }[]>(
      `SELECT action, count(*)::int AS n FROM audit_entries WHERE action LIKE 'benchmark.%' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { action: 'benchmark.fail', n: 1 },
      { action: 'benchmark.request', n: 2 },
      { action: 'benchmark.succeed', n: 1 },
    ]);
  });

  it('are not received or answered by another device', async () => {
    const { fleet } = other.identity;
    const heard: string[] = [];
    other.client.on('message', (topic) => void heard.push(topic));
    await other.client.subscribeAsync(deviceTopic('command', fleet, 'cam-1'), { qos: 1 });
    const id = await ask();
    // Mosquitto acknowledges what it does not let through: only the receiver can tell.
    const lie = {
      ...{ schema: 'hamon.reply/1', id, device: 'cam-1', at: new Date().toISOString(), kind: 'benchmark' },
      ...{ state: 'failed', progress: null, reason: null, results: [] },
    };
    const topic = deviceTopic('reply', fleet, 'cam-1');
    await other.client.publishAsync(topic, JSON.stringify(lie), { qos: 1 });
    // This broker reads it; the control plane drops it.
    const own = deviceTopic('reply', fleet, 'cam-1');
    await device.client.publishAsync(own, 'x'.repeat(messageSpec('reply').maxBytes + 1), { qos: 1 });
    await device.reply(id, { state: 'accepted' });
    await becomes(id, 'running');
    expect(heard).toEqual([]);
    await planes[0]!.call('POST', `/v1/benchmarks/${id}/cancel`);
    await eventually('the cancellation', () => device.commands.at(-1)?.kind === 'cancel');
  });

  it('are sent by the remaining replica', async () => {
    await planes[0]!.stop();
    const id = await ask(planes[1]!);
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    await becomes(id, 'succeeded');
  });
});
