import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, json, problem } from './support/fake-server.js';
import { hamon } from './support/run.js';

const ID = '6d2cc1f2-3a5b-4f43-9b0e-0d4b2a7c1e55';

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const label = (...flags: string[]) => hamon(['sample', 'label', ID, ...flags, ...server.flags]);

describe('hamon sample label', () => {
  it.each<[string[], object]>([
    [['--label', 'Crack'], { task: 'classification', label: 'Crack' }],
    [
      ['--box', 'a:b:1,2,3,4.5'],
      { task: 'detection', boxes: [{ label: 'a:b', box: { x: 1, y: 2, width: 3, height: 4.5 } }] },
    ],
    [['--no-boxes'], { task: 'detection', boxes: [] }],
    [['--good'], { task: 'anomaly', isAnomalous: false }],
    [['--fault', 'dent'], { task: 'anomaly', isAnomalous: true, fault: 'dent' }],
    [['--value', 'a=b=2'], { task: 'regression', values: { 'a=b': 2 } }],
  ])('says %j as one truth', async (flags, truth) => {
    server.on('POST /v1/feedback', (_q, r) =>
      json(r, {
        ...{ sample: ID, task: 'classification', words: ['Crack'], at: '2026-03-01T12:00:00.000Z' },
        ...{ by: 'admin:ops', annotator: null, truth: { task: 'classification', label: 'Crack' } },
      }),
    );
    const { code, out } = await label(...flags, '--annotator', 'Sato');
    expect([code, out]).toEqual([0, `Sample ${ID} is labelled for classification: Crack.\n`]);
    const body = JSON.parse(server.received[0]?.body.toString() ?? '') as object;
    expect(body).toEqual({ sample: ID, truth, annotator: 'Sato' });
  });

  it.each<[string[], RegExp]>([
    [[], /say what the picture shows/],
    [['--label', 'a', '--good'], /say one thing/],
    [['--good', '--anomalous'], /say one thing/],
    [['--box', 'a:1,2,3,4', '--no-boxes'], /./],
    [['--box', 'a:1,2,3'], /LABEL:X,Y,WIDTH,HEIGHT/],
    [['--box', 'a:1,2,0,4'], /LABEL:X,Y,WIDTH,HEIGHT/],
    [['--value', 'diameter'], /NAME=NUMBER/],
    [['--mask', 'x.png'], /--labels/],
    [['--label', 'a\u202eb'], /control characters/],
  ])('is wrong usage with %j, and nothing is sent', async (flags, said) => {
    const { code, err } = await label(...flags);
    expect([code, said.test(err)]).toEqual([2, true]);
    expect(server.received).toEqual([]);
  });

  it('says what to do where the sample is gone', async () => {
    server.on('POST /v1/feedback', (_q, r) =>
      problem(r, 404, 'sample-not-found', `There is no sample ${ID}.`),
    );
    const { code, err } = await label('--good');
    expect(code).toBe(1);
    expect(err).toContain('hamon sample ls');
  });
});
