import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from '@hamon/content';
import { encodeSample } from '@hamon/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SampleFiles } from '../../src/samples/sample-files.js';
import { enrol } from '../support/enrol.js';
import { metaOf, picture, putSample, sendSample, setPolicy } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.discard());

const stored = (digest: string): boolean =>
  existsSync(join(plane.dataDir, 'samples', 'default', digest.slice(0, 2), digest));
const usedToday = async (device: string): Promise<number> => {
  const [row] = await plane.database.query<{ bytes: string }[]>(
    'SELECT bytes FROM sample_usage WHERE device = $1',
    [device],
  );
  return Number(row?.bytes ?? 0);
};

/** A body of which the second half comes when `send` is called. */
function inTwoHalves(body: Uint8Array): { stream: ReadableStream; send: () => void } {
  let rest: () => void = () => undefined;
  const half = body.byteLength / 2;
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(body.subarray(0, half));
      rest = () => {
        controller.enqueue(body.subarray(half));
        controller.close();
      };
    },
  });
  return { stream, send: () => rest() };
}

describe("a fleet's policy on pictures", () => {
  it('is off until somebody allows them, and then refuses by a sentence', async () => {
    const device = await enrol(plane);
    const { answer, meta } = await sendSample(plane, device);
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'samples-not-wanted', detail: expect.stringContaining('samples.upload') as string },
    });
    expect(stored(meta.sha256)).toBe(false);
  });

  it('counts as it is when the picture has come: switched off in mid-way, nothing is kept', async () => {
    await setPolicy(plane);
    const device = await enrol(plane);
    const bytes = picture(400_000);
    const meta = metaOf(device.id, bytes);
    const { stream, send } = inTwoHalves(encodeSample(meta, bytes));
    const answer = putSample(plane, await device.token(), meta.sha256, stream);
    await plane.call('PUT', '/v1/fleet/policy', {
      schema: 'hamon.fleet-policy/1',
      samples: { upload: false },
    });
    send();
    expect(await answer).toMatchObject({ status: 403, body: { code: 'samples-not-wanted' } });
    expect(stored(meta.sha256)).toBe(false);
    expect(await usedToday(device.id)).toBe(0);
  });

  it('lets each device send its bytes a day, and no more however many come at once', async () => {
    await setPolicy(plane, { maxBytesPerDeviceDay: 10_000 });
    const device = await enrol(plane);
    const answers = await Promise.all([0, 1, 2, 3].map(() => sendSample(plane, device)));
    const refused = answers.filter(({ answer }) => answer.status === 429);
    expect(answers.filter(({ answer }) => answer.status === 201)).toHaveLength(2);
    expect(refused).toHaveLength(2);
    for (const { answer, meta } of refused) {
      expect(answer.body).toMatchObject({ code: 'sample-budget-spent' });
      // Until midnight.
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(86_400);
      expect(stored(meta.sha256)).toBe(false);
    }
    expect(await usedToday(device.id)).toBe(2 * 4096);
    const authorization = `Bearer ${await device.token()}`;
    const asked = await plane.call('GET', '/v1/samples/policy', undefined, { authorization });
    expect(asked.body).toMatchObject({
      upload: true,
      maxBytesPerDeviceDay: 10_000,
      bytesLeftToday: 10_000 - 2 * 4096,
    });
    // Another device has its own, and the next day is another one.
    expect((await sendSample(plane, await enrol(plane))).answer.status).toBe(201);
    await plane.database.query(`UPDATE sample_usage SET day = day - 1`);
    expect((await sendSample(plane, device)).answer.status).toBe(201);
  });

  it('counts what is said of a picture as well, and gives the fleet back as much', async () => {
    await setPolicy(plane, { maxBytesPerDeviceDay: 100_000 });
    const device = await enrol(plane);
    const totals = (): Promise<unknown> => plane.database.query('SELECT samples, bytes FROM sample_totals');
    const before = await totals();
    const bytes = picture(16);
    const frame = '検'.repeat(4096);
    const { meta, answer } = await sendSample(plane, device, { frame }, bytes);
    expect(answer.status).toBe(201);
    const charged = 16 + Buffer.byteLength(JSON.stringify(meta));
    expect(await usedToday(device.id)).toBe(charged);
    const shown = await plane.call('GET', `/v1/samples/${meta.id}`);
    expect(shown.body).toMatchObject({ bytes: 16 });
    await setPolicy(plane, { maxBytesPerDeviceDay: 2 * charged - 1 });
    const refused = await sendSample(plane, device, { frame }, picture(16));
    expect(refused.answer).toMatchObject({ status: 429, body: { code: 'sample-budget-spent' } });
    await plane.call('DELETE', `/v1/samples/${meta.id}?why=test`);
    expect(await totals()).toEqual(before);
  });

  it('keeps so many bytes of the whole fleet', async () => {
    const [kept] = await plane.database.query<{ bytes: string }[]>('SELECT bytes FROM sample_totals');
    await setPolicy(plane, { maxBytes: Number(kept?.bytes) + 6000 });
    const device = await enrol(plane);
    expect((await sendSample(plane, device)).answer.status).toBe(201);
    expect((await sendSample(plane, device)).answer).toMatchObject({
      status: 429,
      body: { code: 'sample-quota-reached' },
    });
    expect(await usedToday(device.id)).toBe(4096);
  });

  it('takes no picture above the largest, announced or not', async () => {
    await setPolicy(plane, { maxBytesPerDeviceDay: 1024 ** 3 });
    const device = await enrol(plane);
    const bytes = picture(33 * 1024 ** 2);
    const { answer } = await sendSample(plane, device, {}, bytes);
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload-too-large' } });
    const meta = metaOf(device.id, bytes, { bytes: 1000 });
    const { stream, send } = inTwoHalves(encodeSample(meta, bytes));
    send();
    const unannounced = await putSample(plane, await device.token(), meta.sha256, stream);
    expect(unannounced).toMatchObject({ status: 422, body: { code: 'sample-refused' } });
    expect(stored(meta.sha256)).toBe(false);
  });

  it('says so where the disk is full, and takes the picture once there is room', async () => {
    await setPolicy(plane);
    const device = await enrol(plane);
    const files = plane.app.get(SampleFiles, { strict: false });
    files.disk = {
      ...nodeDisk,
      create: async (path) => ({
        ...(await nodeDisk.create(path)),
        write: () =>
          Promise.reject(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', syscall: 'write' })),
      }),
    };
    const bytes = picture();
    const { answer, meta } = await sendSample(plane, device, {}, bytes);
    expect(answer).toMatchObject({ status: 507, body: { code: 'storage-full' } });
    expect(await usedToday(device.id)).toBe(0);
    files.disk = nodeDisk;
    expect((await sendSample(plane, device, meta, bytes)).answer.status).toBe(201);
  });

  it('counts what became of each picture', async () => {
    const text = await (await fetch(`${plane.url}/metrics`)).text();
    const counted = Object.fromEntries(
      [...text.matchAll(/^hamon_samples_sent_total\{result="([a-z-]+)"\} (\d+)/gm)].map(([, result, n]) => [
        result,
        Number(n),
      ]),
    );
    expect(counted).toMatchObject({
      ...{ 'samples-not-wanted': 2, 'sample-budget-spent': 3, 'sample-quota-reached': 1, 'storage-full': 1 },
      'sample-refused': 1,
    });
    expect(text).toMatch(/^hamon_samples \d+$/m);
    expect(text).toMatch(/^hamon_sample_bytes \d+$/m);
  });
});
