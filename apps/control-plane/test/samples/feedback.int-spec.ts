import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrol, type TestDevice } from '../support/enrol.js';
import { label, sendSample, setPolicy } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: TestDevice;
beforeAll(async () => {
  plane = await startTestControlPlane();
  device = await enrol(plane, { name: 'gate-1' });
  await setPolicy(plane);
});
afterAll(() => plane.discard());

const sample = async (): Promise<string> => (await sendSample(plane, device)).meta.id;
const box = { x: 1, y: 2, width: 10, height: 5 };
/** Of 64 × 48 pixels, as the pictures are. */
const mask = (rle: number[]) => ({ width: 64, height: 48, rle });

describe('what people say of a picture', () => {
  it('is kept with who said it and when; the newest of each task holds, the others stay', async () => {
    const id = await sample();
    expect(await label(plane, id, { task: 'classification', label: 'Crack' })).toMatchObject({
      status: 201,
      body: {
        schema: 'hamon.feedback/1',
        sample: id,
        words: ['Crack'],
        by: 'admin:bootstrap',
        annotator: null,
      },
    });
    await label(plane, id, { task: 'anomaly', isAnomalous: true, fault: 'Kratzer 3 µm' });
    await plane.call('POST', '/v1/feedback', {
      record: { device: 'gate-1', stream: 'line-a', id },
      truth: { task: 'classification', label: 'Fray' },
      annotator: '検査員 佐藤',
    });
    const { body } = await plane.call('GET', `/v1/samples/${id}`);
    expect(body).toMatchObject({
      labels: [
        { task: 'anomaly', words: ['Kratzer 3 µm'] },
        { task: 'classification', words: ['Fray'], annotator: '検査員 佐藤' },
      ],
      history: [
        { task: 'classification', truth: { task: 'classification', label: 'Fray' } },
        { task: 'anomaly' },
        { truth: { label: 'Crack' } },
      ],
    });
    const found = async (query: string): Promise<string[]> => {
      const page = await plane.call<{ items: { id: string }[] }>('GET', `/v1/samples?${query}`);
      return page.body.items.map((item) => item.id);
    };
    expect(await found(`label=${encodeURIComponent('Kratzer 3 µm')}`)).toEqual([id]);
    expect(await found('where=label=Fray')).toEqual([id]);
    expect(await found('where=label=Crack')).toEqual([]);
    expect(await found('labelledAs=anomaly')).toEqual([id]);
    expect(await found('labelledAs=detection')).toEqual([]);
    const { body: ledger } = await plane.call('GET', `/v1/audit?subject=${id}`);
    expect(ledger).toMatchObject({ total: 3, items: [{ action: 'sample.label' }, {}, {}] });
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{ task: 'detection', boxes: [] }, []],
    [
      {
        task: 'detection',
        boxes: [
          { label: 'b', box },
          { label: 'a', box },
          { label: 'b', box },
        ],
      },
      ['b', 'a'],
    ],
    [
      { task: 'segmentation', labels: ['ground', 'oil', 'rust'], mask: mask([0, 3000, 2, 72]) },
      ['ground', 'rust'],
    ],
    [{ task: 'anomaly', isAnomalous: false }, ['good']],
    [{ task: 'anomaly', isAnomalous: true, mask: mask([0, 3071, 1, 1]) }, ['anomalous']],
    [{ task: 'regression', values: { diameter: 3.2 } }, []],
  ])('may be of any task: %j', async (truth, words) => {
    const id = await sample();
    expect(await label(plane, id, truth)).toMatchObject({ status: 201, body: { words, truth } });
  });

  it.each<[Record<string, unknown>, number, RegExp]>([
    [{ task: 'classification', label: '' }, 400, /truth.label/],
    [{ task: 'classification', label: 'a\nb' }, 400, /control characters/],
    [{ task: 'classification', label: ' a' }, 400, /no space around/],
    [{ task: 'detection', boxes: [{ label: 'a', box: { ...box, width: 0 } }] }, 400, /wider and higher/],
    [
      { task: 'detection', boxes: [{ label: 'a', box: { ...box, x: 64 } }] },
      422,
      /truth.boxes.0.box: lies outside/,
    ],
    [{ task: 'anomaly', isAnomalous: false, fault: 'dent' }, 400, /must be true/],
    [{ task: 'anomaly', isAnomalous: true, mask: mask([2, 3072]) }, 400, /0 and 1 alone/],
    [{ task: 'segmentation', labels: ['a'], mask: mask([0, 3071]) }, 400, /make width × height/],
    [{ task: 'segmentation', labels: ['a'], mask: mask([1, 3072]) }, 400, /names a place/],
    [
      { task: 'segmentation', labels: ['a'], mask: { width: 2, height: 2, rle: [0, 4] } },
      422,
      /truth.mask: has 2×2 pixels, the picture 64×48/,
    ],
    [{ task: 'regression', values: {} }, 400, /1 to 100 values/],
    [{ task: 'keypoints', points: [] }, 400, /truth/],
  ])('is refused where it cannot be: %j', async (truth, status, detail) => {
    const id = await sample();
    const refused = await label(plane, id, truth);
    expect(refused.status).toBe(status);
    expect(refused.body.detail).toMatch(detail);
    expect((await plane.call('GET', `/v1/samples/${id}`)).body).toMatchObject({ labels: [], history: [] });
  });

  it('is about a sample that there is', async () => {
    const id = await sample();
    const truth = { task: 'classification', label: 'a' };
    const unknown = { status: 404, body: { code: 'sample-not-found' } };
    expect(await label(plane, randomUUID(), truth)).toMatchObject(unknown);
    for (const record of [
      { device: 'gate-2', stream: 'line-a', id },
      { device: 'gate-1', stream: 'line-b', id },
    ]) {
      expect(await plane.call('POST', '/v1/feedback', { record, truth })).toMatchObject(unknown);
    }
    for (const named of [{}, { sample: id, record: { device: 'gate-1', stream: 'line-a', id } }]) {
      expect(await plane.call('POST', '/v1/feedback', { ...named, truth })).toMatchObject({ status: 400 });
    }
  });

  it('is said once by one Idempotency-Key', async () => {
    const id = await sample();
    const truth = { task: 'classification', label: 'a' };
    const headers = { 'idempotency-key': randomUUID() };
    expect((await label(plane, id, truth, headers)).status).toBe(201);
    const again = await label(plane, id, truth, headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { body } = await plane.call<{ history: unknown[] }>('GET', `/v1/samples/${id}`);
    expect(body.history).toHaveLength(1);
  });

  it('of many at once keeps each one, and the last one holds', async () => {
    const id = await sample();
    const labels = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(labels.map((word) => label(plane, id, { task: 'classification', label: word })));
    const { body } = await plane.call<{ history: { words: string[] }[]; labels: { words: string[] }[] }>(
      'GET',
      `/v1/samples/${id}`,
    );
    expect(body.history.map(({ words }) => words[0]).sort()).toEqual(labels);
    expect(body.labels.map(({ words }) => words)).toEqual([body.history[0]?.words]);
  });
});
