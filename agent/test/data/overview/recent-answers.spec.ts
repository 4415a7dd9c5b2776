import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../../src/data/overview/rate-meter.js';
import { RecentAnswers } from '../../../src/data/overview/recent-answers.js';
import { CLOUD_RESULT } from '../support/cloud-server.js';

const recordOf = (i: number, verdict?: 'ok' | 'defect') => {
  const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const at = '2030-01-01T00:00:00.000Z';
  const record = {
    schema: 'hamon.record/2',
    at,
    stream: 'main',
    id,
    trace: id,
    result: CLOUD_RESULT,
  } as const;
  return { record: { ...record, ...(verdict && { verdict }) } };
};

describe('RateMeter', () => {
  it('tells a steady rate, and none once it has ended', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 1e6 }), (rate, from) => {
        const meter = new RateMeter();
        for (let i = 0; i < rate * 15; i += 1) meter.add(from * 1000 + (i * 1000) / rate);
        expect(meter.perSecond((from + 15) * 1000)).toBeCloseTo(rate, 5);
        expect(meter.perSecond((from + 40) * 1000)).toBe(0);
      }),
    );
  });
});

describe('RecentAnswers', () => {
  it('counts, and keeps the last defects of all streams, the newest first', () => {
    const recent = new RecentAnswers();
    for (let i = 0; i < 100; i += 1) recent.see(recordOf(i, i % 2 === 0 ? 'defect' : 'ok'));
    expect(recent.stream('main')).toMatchObject({
      ...{ answers: 100, defects: 50 },
      last: { verdict: 'ok', model: CLOUD_RESULT.model },
    });
    expect(recent.defects).toHaveLength(20);
    expect(recent.defects[0]).toMatchObject({ stream: 'main', id: recordOf(98).record.id });
    expect(recent.stream('other')).toMatchObject({ answers: 0, last: null, answersPerSecond: 0 });
  });

  it('says that a frame has no answer', () => {
    const recent = new RecentAnswers();
    const { result: _, ...record } = recordOf(0).record;
    recent.see({ record: { ...record, error: { code: 'no-model', detail: 'none' } } });
    expect(recent.stream('main').last).toMatchObject({ text: 'no answer: no-model' });
  });
});
