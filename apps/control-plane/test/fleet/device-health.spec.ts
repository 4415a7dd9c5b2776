import { describe, expect, it } from 'vitest';
import {
  DEVICE_CONDITIONS,
  type DeviceCondition,
  type DeviceHealth,
  type ModelReport,
  type Reason,
} from '@hamon/contracts';
import fc from 'fast-check';
import { healthAsTold, healthOf } from '../../src/fleet/device-health.js';

type Told = Parameters<typeof healthAsTold>[0];

const NOW = new Date('2026-03-01T12:00:00.000Z');
const SINCE = '2026-03-01T11:00:00.000Z';
const version = { model: 'tiny', version: '2.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 2 };
const slots = { current: version, previous: null, candidate: null };
const reason: Reason = { code: 'label-collapse', detail: 'all the same' };

type OfModel = Told['models'][number];
type Change = Partial<OfModel & Pick<Told, 'conditions'>>;

const ofModel = (change: Partial<OfModel> = {}): OfModel => ({
  ...{ model: 'tiny', slots, deployment: null, rejection: null },
  ...change,
});
const told = ({ conditions = [], ...change }: Change = {}, ...others: OfModel[]): Told => ({
  ...{ models: [ofModel(change), ...others], rejection: null, conditions },
});
const condition = (code: DeviceCondition['code'], share?: number): DeviceCondition => ({
  ...{ code, since: SINCE, detail: `about ${code}` },
  ...(share !== undefined && { share }),
});
const deployment = (state: 'refused' | 'rolled-back' | 'downloading'): ModelReport['deployment'] => ({
  ...{ version, state, chunks: { have: 0, total: 0 } },
  reason: state === 'downloading' ? null : reason,
});

describe('the health of a device', () => {
  it.each<[string, Told, Partial<DeviceHealth>]>([
    ['nothing is known against it', told(), { word: 'ok', code: 'ok', reason: '', since: null }],
    [
      'it runs nothing',
      told({ slots: { ...slots, current: null } }),
      { word: 'idle', code: 'no-model', reason: 'no model is installed' },
    ],
    [
      'its camera folder is missing',
      told({ conditions: [condition('source-unreadable')] }),
      { word: 'failing', reason: 'about source-unreadable', since: SINCE },
    ],
    ['no frames come', told({ conditions: [condition('no-frames')] }), { word: 'failing' }],
    [
      'a fifth of the frames cannot be decoded',
      told({ conditions: [condition('frames-rejected', 0.2)] }),
      { word: 'degraded', code: 'frames-rejected' },
    ],
    ['most cannot', told({ conditions: [condition('frames-rejected', 0.9)] }), { word: 'failing' }],
    ['the cloud is away', told({ conditions: [condition('fallback-open')] }), { word: 'degraded' }],
    ['its clock is off', told({ conditions: [condition('clock-off')] }), { word: 'degraded' }],
    [
      'it refuses its manifest',
      told({ rejection: { code: 'manifest-bad-signature', detail: 'another key' } }),
      { word: 'degraded', code: 'manifest-bad-signature' },
    ],
    [
      'it went back',
      told({
        slots: { ...slots, current: { ...version, bundle: 'b'.repeat(64) } },
        deployment: deployment('rolled-back'),
      }),
      {
        word: 'degraded',
        code: 'label-collapse',
        reason: 'rolled-back tiny@2.0.0: label-collapse: all the same',
      },
    ],
    [
      'its first version failed, and goes on for want of another',
      told({ deployment: deployment('rolled-back') }),
      {
        word: 'failing',
        reason:
          'it still runs what failed, having no former version: rolled-back tiny@2.0.0: label-collapse: all the same',
      },
    ],
    [
      'it refused its first model',
      told({ slots: { ...slots, current: null }, deployment: deployment('refused') }),
      { word: 'failing', code: 'label-collapse' },
    ],
    [
      'it rejects what names no model',
      { ...told(), rejection: { code: 'manifest-malformed', detail: 'junk' } },
      { word: 'degraded', code: 'manifest-malformed' },
    ],
    ['it knows no model at all', { ...told(), models: [] }, { word: 'idle', code: 'no-model' }],
    [
      'another of its models refused its first version',
      told(
        {},
        ofModel({ model: 'other', slots: { ...slots, current: null }, deployment: deployment('refused') }),
      ),
      {
        word: 'failing',
        code: 'label-collapse',
        reason: expect.stringMatching(/^other: it runs nothing/) as string,
      },
    ],
    [
      'another of its models is on its way',
      told(
        {},
        ofModel({
          model: 'other',
          slots: { ...slots, current: null },
          deployment: deployment('downloading'),
        }),
      ),
      { word: 'ok' },
    ],
    [
      'another model was removed',
      told(
        { rejection: { code: 'manifest-expired', detail: 'old' } },
        ofModel({ model: 'other', slots: { ...slots, current: null } }),
      ),
      { word: 'degraded', reason: 'manifest rejected: manifest-expired: old' },
    ],
    ['it is updating', told({ deployment: deployment('downloading') }), { word: 'ok' }],
    [
      'a worse finding comes after a lesser one',
      told({ conditions: [condition('clock-off'), condition('no-frames')] }),
      { word: 'failing', code: 'no-frames' },
    ],
    [
      'its clock is ahead',
      told({ conditions: [{ ...condition('no-frames'), since: '2030-01-01T00:00:00.000Z' }] }),
      { since: null },
    ],
  ])('where %s', (_what, state, health) => {
    expect(healthAsTold(state, NOW)).toMatchObject(health);
  });

  it('never gets better by one more finding', () => {
    const order = ['ok', 'idle', 'degraded', 'failing', 'offline'];
    const conditions = fc.array(
      fc.tuple(fc.constantFrom(...DEVICE_CONDITIONS), fc.double({ min: 0, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(conditions, fc.constantFrom(...DEVICE_CONDITIONS), (some, more) => {
        const before = some.map(([code, share]) => condition(code, share));
        const rank = (list: DeviceCondition[]): number =>
          order.indexOf(healthAsTold(told({ conditions: list }), NOW).word);
        expect(rank([...before, condition(more, 1)])).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });

  it('of a device that is away is offline, and says how it was', () => {
    const failing: DeviceHealth = { word: 'failing', code: 'no-frames', reason: 'no frames', since: SINCE };
    const of = (online: boolean, lastSeenAt: string | null, last: DeviceHealth | null): DeviceHealth =>
      healthOf({ online, lastSeenAt, told: last, pinnedKeyId: 'ours', serverKeyId: 'ours' });
    expect(of(true, SINCE, failing)).toBe(failing);
    expect(of(true, SINCE, null).word).toBe('ok');
    expect(of(false, null, null)).toMatchObject({ word: 'offline', reason: 'never connected', since: null });
    expect(of(false, SINCE, failing)).toEqual({
      ...{ word: 'offline', code: 'offline', since: SINCE },
      reason: 'not connected; it was failing: no frames',
    });
  });

  it('of a device that pinned another key than ours says both, unless it does not work at all', () => {
    const of = (pinnedKeyId: string | null, word: DeviceHealth['word'] = 'ok'): DeviceHealth => {
      const last = { word, code: word, reason: '', since: null };
      return healthOf({ online: true, lastSeenAt: SINCE, told: last, pinnedKeyId, serverKeyId: 'ours' });
    };
    expect(of('theirs')).toMatchObject({ word: 'degraded', code: 'other-manifest-key' });
    expect(of('theirs').reason).toMatch(/theirs.*ours.*--renew/);
    expect(of('theirs', 'failing').word).toBe('failing');
    expect(of(null).word).toBe('ok');
    expect(of('ours').word).toBe('ok');
  });
});
