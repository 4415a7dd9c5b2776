import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { encodeSample, SAMPLE_MEDIA_TYPE, type SampleMeta } from '@hamon/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrol, type TestDevice } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { metaOf, otherFleet, picture, putSample, sendSample, setPolicy } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: TestDevice;
beforeAll(async () => {
  plane = await startTestControlPlane();
  device = await enrol(plane, { name: 'gate-1' });
});
afterAll(() => plane.discard());
beforeEach(() => setPolicy(plane));

const folder = (): string => join(plane.dataDir, 'samples', 'default');
const stored = (digest: string): boolean => existsSync(join(folder(), digest.slice(0, 2), digest));
const uploadsLeft = (): string[] =>
  existsSync(join(folder(), 'uploads')) ? readdirSync(join(folder(), 'uploads')) : [];
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${plane.url}/v1/samples/${path}`, {
    headers: { authorization: `Bearer ${plane.token}`, ...headers },
  });

describe('a picture that a device sends', () => {
  it('is kept with what was answered, and comes back byte for byte, for no browser to run', async () => {
    const bytes = picture();
    const said: Partial<SampleMeta> = {
      ...{ reasons: ['defect', 'edge-cloud'], verdict: 'defect', confidence: 0.4, frame: '検査/ü 1.png' },
      region: { x: 10, y: 20, width: 64, height: 48 },
    };
    const { answer, meta } = await sendSample(plane, device, said, bytes);
    expect(answer).toMatchObject({ status: 201, body: { schema: 'hamon.taken-sample/1', isNew: true } });
    const { body } = await plane.call('GET', `/v1/samples/${meta.id}`);
    expect(body).toMatchObject({
      ...{ schema: 'hamon.stored-sample/1', id: meta.id, device: 'gate-1', stream: 'line-a', at: meta.at },
      ...{ model: 'tiny', version: '1.0.0', task: 'classification', verdict: 'defect', confidence: 0.4 },
      ...{ reasons: ['defect', 'edge-cloud'], bytes: 1000, labels: [], history: [], meta },
    });
    const shown = await get(`${meta.id}/picture`);
    expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      ...{ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' },
      ...{ 'content-security-policy': "default-src 'none'; sandbox", 'cache-control': 'private, no-store' },
    });
  });

  it('is one sample however often it is sent, also at once', async () => {
    const bytes = picture();
    const meta = metaOf(device.id, bytes);
    const body = encodeSample(meta, bytes) as NonNullable<RequestInit['body']>;
    const token = await device.token();
    const put = () => putSample(plane, token, meta.sha256, body);
    const answers = await Promise.all([put(), put(), put()]);
    expect(answers.map(({ body: { isNew } }) => isNew).filter(Boolean)).toHaveLength(1);
    expect(await put()).toMatchObject({ status: 200, body: { id: meta.id, isNew: false } });
    const [used] = await plane.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM samples WHERE id = $1',
      [meta.id],
    );
    expect(used?.count).toBe(1);
  });

  it("may not take another sample's id, of this device or another", async () => {
    const { meta } = await sendSample(plane, device);
    const again = await sendSample(plane, device, { id: meta.id });
    expect(again.answer).toMatchObject({ status: 409, body: { code: 'sample-exists' } });
    const second = await enrol(plane);
    expect((await sendSample(plane, second, { id: meta.id })).answer.status).toBe(409);
    expect(stored(again.meta.sha256)).toBe(false);
  });

  it('is taken again where its file was lost', async () => {
    const bytes = picture();
    const { meta } = await sendSample(plane, device, {}, bytes);
    const { SampleFiles } = await import('../../src/samples/sample-files.js');
    await plane.app.get(SampleFiles, { strict: false }).of('default').remove(meta.sha256);
    expect((await get(`${meta.id}/picture`)).status).toBe(404);
    expect((await sendSample(plane, device, meta, bytes)).answer.status).toBe(200);
    expect((await get(`${meta.id}/picture`)).status).toBe(200);
  });

  it.each<[string, Partial<SampleMeta>, number, RegExp]>([
    ['of another device', { device: 'gate-2' }, 422, /^device: must be "gate-1"/],
    ['with the digest of something else', { sha256: 'a'.repeat(64) }, 422, /do not have the digest/],
    ['shorter than announced', { bytes: 1001 }, 422, /1000 bytes received/],
    ['longer than announced', { bytes: 999 }, 422, /more bytes received|bytes received/],
    ['that is no JPEG', { mediaType: 'image/jpeg' }, 422, /no image\/jpeg, by its first bytes/],
    ['of a time to come', { at: '2999-01-01T00:00:00.000Z' }, 422, /^at: lies more than a day ahead/],
    ['with a name that cannot be stored', { frame: 'a\0b' }, 400, /frame: must not hold U\+0000/],
    ['with a stream that is a path', { stream: '../x' }, 400, /^stream: /],
    ['with an id that is none', { id: '../../admin-token' }, 400, /^id: /],
  ])('%s is refused, and nothing of it is kept', async (_what, changes, status, detail) => {
    const { answer, meta } = await sendSample(plane, device, changes);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) as string } });
    expect(stored(meta.sha256)).toBe(false);
    expect(uploadsLeft()).toEqual([]);
  });

  it('is refused where the body is none', async () => {
    const token = await device.token();
    const put = (body: Uint8Array) =>
      putSample(plane, token, 'a'.repeat(64), body as NonNullable<RequestInit['body']>);
    expect((await put(Buffer.alloc(2))).body.detail).toBe('The body ended too early.');
    expect((await put(Buffer.from([0, 0, 0, 9, 1]))).body.detail).toBe('The body ended too early.');
    expect((await put(Buffer.from([255, 0, 0, 0, 1]))).body).toMatchObject({ code: 'sample-refused' });
    expect((await put(Buffer.from('\0\0\0\u0002{]xxxxxxxxxxxxxxxxxxxx'))).body.detail).toBe(
      'The metadata is no JSON.',
    );
    const answer = await fetch(`${plane.url}/v1/samples/${'a'.repeat(64)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(415);
  });

  it('under a name that is no digest is refused before anything is read', async () => {
    const token = await device.token();
    for (const name of ['..%2F..%2Fadmin-token', 'A'.repeat(64), 'abc']) {
      expect(await putSample(plane, token, name, Buffer.from('x'))).toMatchObject({ status: 400 });
    }
  });

  it('that breaks off leaves nothing, and is taken when it is sent again', async () => {
    const bytes = picture(500_000);
    const meta = metaOf(device.id, bytes);
    const body = encodeSample(meta, bytes);
    const token = await device.token();
    await new Promise<void>((resolve) => {
      const put = request(`${plane.url}/v1/samples/${meta.sha256}`, {
        method: 'PUT',
        headers: {
          ...{ authorization: `Bearer ${token}`, 'content-type': SAMPLE_MEDIA_TYPE },
          'content-length': body.length,
        },
      });
      put.on('error', () => resolve());
      put.write(body.subarray(0, 200_000), () => put.destroy(new Error('link lost')));
    });
    await eventually('nothing is left of the upload', () => uploadsLeft().length === 0);
    expect(stored(meta.sha256)).toBe(false);
    const again = await putSample(plane, token, meta.sha256, body as NonNullable<RequestInit['body']>);
    expect(again.status).toBe(201);
  });

  it('comes from a device alone, by its own token', async () => {
    const bytes = picture();
    const meta = metaOf(device.id, bytes);
    const body = encodeSample(meta, bytes) as NonNullable<RequestInit['body']>;
    expect(await putSample(plane, plane.token, meta.sha256, body)).toMatchObject({ status: 403 });
    expect(await putSample(plane, 'x', meta.sha256, body)).toMatchObject({ status: 401 });
    const token = await device.token();
    for (const path of [meta.id, `${meta.id}/picture`]) {
      expect((await get(path, { authorization: `Bearer ${token}` })).status).toBe(403);
    }
    const listed = await plane.call('GET', '/v1/samples', undefined, { authorization: `Bearer ${token}` });
    expect(listed.status).toBe(403);
  });

  it('is seen by its own fleet alone', async () => {
    const { meta } = await sendSample(plane, device);
    const other = await otherFleet(plane);
    for (const path of [meta.id, `${meta.id}/picture`]) expect((await get(path, other)).status).toBe(404);
    const list = await plane.call<{ items: unknown[] }>('GET', '/v1/samples', undefined, other);
    expect(list.body.items).toEqual([]);
    const truth = { task: 'classification', label: 'crack' };
    const given = await plane.call('POST', '/v1/feedback', { sample: meta.id, truth }, other);
    expect(given).toMatchObject({ status: 404, body: { code: 'sample-not-found' } });
  });

  it('stays when its device is retired, which then sends no more', async () => {
    const leaving = await enrol(plane);
    const { meta } = await sendSample(plane, leaving);
    await plane.call('POST', `/v1/devices/${leaving.id}/retire`, { why: 'scrapped' });
    expect((await get(`${meta.id}/picture`)).status).toBe(200);
    expect((await sendSample(plane, leaving)).answer).toMatchObject({
      status: 403,
      body: { code: 'device-shut-out' },
    });
  });
});

describe('a list of samples', () => {
  it('is paged by time and narrowed by words, times and selectors', async () => {
    const gate = await enrol(plane, { name: 'gate-list' });
    const at = (minute: number): string => `2026-03-01T10:0${minute}:00.000Z`;
    const by = { model: 'det', version: '2.0.0', variant: 'fp32', task: 'detection' } as const;
    for (const [minute, changes] of [
      { reasons: ['defect'], stream: 'cam1' },
      { reasons: ['random'], stream: 'cam1', answeredBy: by },
      { reasons: ['defect', 'drift'], stream: 'cam2', answeredBy: by, verdict: 'defect' },
    ].entries()) {
      await sendSample(plane, gate, { at: at(minute), ...changes } as Partial<SampleMeta>);
    }
    const list = async (
      query: string,
    ): Promise<{ minutes: number[]; total: number; next: string | null }> => {
      const { body, status } = await plane.call<{
        items: { at: string }[];
        total: number;
        next: string | null;
      }>('GET', `/v1/samples?device=gate-list&${query}`);
      expect(status).toBe(200);
      return { ...body, minutes: body.items.map((item) => Number(item.at.slice(15, 16))) };
    };
    const first = await list('limit=2');
    expect(first).toMatchObject({ minutes: [2, 1], total: 3 });
    expect(await list(`limit=2&after=${first.next ?? ''}`)).toMatchObject({ minutes: [0], next: null });
    const narrowed = {
      'reason=defect': [2, 0],
      'stream=cam1': [1, 0],
      'model=det&version=2.0.0': [2, 1],
      'labelled=false': [2, 1, 0],
      'labelled=true': [],
      [`from=${at(1)}`]: [2, 1],
      [`to=${at(1)}`]: [0],
      'where=reason=drift': [2],
      'where=reason%20notin%20(drift,random)': [0],
      'where=verdict': [2],
      'where=task=detection,stream=cam1': [1],
      'where=!labelled': [2, 1, 0],
    };
    for (const [query, minutes] of Object.entries(narrowed)) {
      expect([query, (await list(query)).minutes]).toEqual([query, minutes]);
    }
    for (const query of [
      'where=colour=red',
      'where=reason=whim',
      'reason=whim',
      'from=yesterday',
      'labelled=perhaps',
    ]) {
      expect((await plane.call('GET', `/v1/samples?${query}`)).status).toBe(400);
    }
  });

  it('finds one by the beginning of its id', async () => {
    const { meta } = await sendSample(plane, device, { id: randomUUID() });
    const { body } = await plane.call<{ items: { id: string }[] }>(
      'GET',
      `/v1/samples?id=${meta.id.slice(0, 13)}`,
    );
    expect(body.items.map(({ id }) => id)).toEqual([meta.id]);
    expect((await plane.call('GET', '/v1/samples/not-an-id')).status).toBe(400);
    expect((await plane.call('GET', `/v1/samples/${randomUUID()}`)).status).toBe(404);
  });
});
