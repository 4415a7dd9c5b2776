import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deviceTopic, messageSpec, type BenchmarkView, type VersionView } from '@hamon/contracts';
import { resultsOf } from '../support/benchmark-results.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { Mosquitto, whyNoMosquitto } from '../support/mosquitto.js';
import { pushVariants } from '../support/push-variants.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';

if (whyNoMosquitto !== undefined) console.warn(`skipped: ${whyNoMosquitto}`);

/** Both replicas hear every reply, and both could tell every command. */
(whyNoMosquitto === undefined ? describe : describe.skip)('benchmarks with two replicas on Mosquitto', () => {
  let place: TestPlace;
  let secondDir: string;
  let broker: Mosquitto;
  let planes: TestControlPlane[];
  let version: VersionView;
  let device: FakeDevice;
  let other: FakeDevice;

  const enrolled = async (id: string): Promise<FakeDevice> => {
    const made = await FakeDevice.enrol(planes[0]!, id);
    broker.reload();
    await eventually(`${id} to be let in`, () =>
      made.connect().then(
        () => true,
        () => false,
      ),
    );
    return made;
  };
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
    place = await makeTestPlace();
    await chmod(place.dataDir, 0o711);
    const files = join(place.dataDir, 'mosquitto');
    broker = await Mosquitto.make([
      'allow_anonymous false',
      `password_file ${join(files, 'passwd')}`,
      `acl_file ${join(files, 'acl')}`,
    ]);
    const url = `mqtt://control:s3cret@127.0.0.1:${broker.port}`;
    const env = { MQTT_URL: url, HAMON_ADMIN_TOKEN: 'admin-token-of-both-replicas' };
    const first = await startTestControlPlane(env, place);
    await broker.start();
    version = await pushVariants(first);
    // A data folder is one process's; what replicas must share is the key and the artifacts.
    secondDir = await mkdtemp(join(tmpdir(), 'hamon-cp-replica-'));
    for (const part of ['keys', 'artifacts']) {
      await cp(join(place.dataDir, part), join(secondDir, part), { recursive: true });
    }
    planes = [first, await startTestControlPlane(env, { ...place, dataDir: secondDir })];
    for (const plane of planes) {
      await eventually('it to be connected', async () => (await plane.call('GET', '/readyz')).status === 200);
    }
    device = await enrolled('cam-1');
    other = await enrolled('cam-2');
  });
  afterAll(async () => {
    await device?.stop();
    await other?.stop();
    for (const plane of planes ?? []) await plane.stop();
    await broker?.discard();
    await place?.discard();
    await rm(secondDir, { recursive: true, force: true });
  });

  it('are told once and end once', async () => {
    const id = await ask();
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    await becomes(id, 'succeeded');
    // A second benchmark comes and goes; whatever of the first was still under way has been seen by then.
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

  it('are nobody else’s to hear or to answer', async () => {
    const { fleet } = other.identity;
    const heard: string[] = [];
    other.client.on('message', (topic) => void heard.push(topic));
    await other.client.subscribeAsync(deviceTopic('command', fleet, 'cam-1'), { qos: 1 });
    const id = await ask();
    // Mosquitto acknowledges what it does not let through: only the other side can tell.
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

  it('are told by whoever is left', async () => {
    await planes[0]!.stop();
    const id = await ask(planes[1]!);
    await device.reply(id, { state: 'succeeded', results: resultsOf(version) });
    await becomes(id, 'succeeded');
  });
});
