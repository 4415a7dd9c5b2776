import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DEFAULT_DEVICE_POLICY, type Manifest } from '@hamon/contracts';
import { acceptManifest, isKnown } from '../../src/core/accept-manifest.js';
import { ModelState, EMPTY_MODEL } from '../../src/core/model-state.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { laterOf, raisedFloor } from '../../src/core/time-floor.js';
import { withdraw } from '../../src/core/withdraw.js';
import { deviceOf, heard, jwsOf, running, slotOf, targetOf, wanting } from '../support/states.js';

const manifestOf = (sequence: number): Manifest => ({
  schema: 'hamon.manifest/1',
  fleet: 'acme',
  device: 'cam-1',
  sequence,
  issuedAt: '2026-03-01T00:00:00.000Z',
  expiresAt: '2026-03-08T00:00:00.000Z',
  model: 'tiny',
  version: '1.0.0',
  variant: 'fp32',
  bundle: targetOf('a', sequence).bundle,
  policy: DEFAULT_DEVICE_POLICY,
});

/** The device's highest sequence is 5, its bytes are those of jws "5". */
const AT_FIVE = wanting(targetOf('a', 5));
const ABANDONED: ModelState = {
  ...AT_FIVE,
  accepted: AT_FIVE.accepted && { ...AT_FIVE.accepted, abandoned: true },
};

describe('acceptManifest', () => {
  it.each([
    ['the first one', EMPTY_MODEL, 1, 'first', 'accepted'],
    ['a later one', AT_FIVE, 6, 'six', 'accepted'],
    ['a much later one', AT_FIVE, 600, 'many', 'accepted'],
    ['the same bytes', AT_FIVE, 5, '5', 'known'],
    ['other bytes under the same sequence', AT_FIVE, 5, 'other', 'manifest-conflict'],
    ['an older one', AT_FIVE, 4, 'four', 'manifest-older'],
    ['one that was given up', ABANDONED, 5, '5', 'manifest-abandoned'],
    ['other bytes for one that was given up', ABANDONED, 5, 'other', 'manifest-abandoned'],
    ['a later one after one that was given up', ABANDONED, 6, 'six', 'accepted'],
  ])('%s', (_, state, sequence, bytes, outcome) => {
    const acceptance = heard(manifestOf(sequence), jwsOf(bytes), state);
    expect(acceptance.kind === 'rejected' ? acceptance.reason.code : acceptance.kind).toBe(outcome);
  });

  it('keeps the proof and the target, and raises the time floor to when it was issued', () => {
    const acceptance = heard(manifestOf(6), jwsOf('six'), AT_FIVE);
    if (acceptance.kind !== 'accepted') throw new Error('it must be accepted');
    expect(acceptance.next.accepted).toMatchObject({ sequence: 6, jws: jwsOf('six'), abandoned: false });
    expect(acceptance.next.accepted?.target.version).toMatchObject({ sequence: 6 });
    const whole = acceptManifest(manifestOf(6), jwsOf('six'), deviceOf({ tiny: AT_FIVE }));
    expect(whole).toMatchObject({ next: { timeFloor: '2026-03-01T00:00:00.000Z' } });
  });

  it('never lowers the sequence, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('x', 'y'))),
        (arrivals) => {
          let state = EMPTY_MODEL;
          for (const [sequence, bytes] of arrivals) {
            const before = state.accepted?.sequence ?? 0;
            const acceptance = heard(manifestOf(sequence), jwsOf(bytes), state);
            if (acceptance.kind === 'accepted') state = acceptance.next;
            expect(state.accepted?.sequence ?? 0).toBe(Math.max(before, sequence));
          }
        },
      ),
    );
  });

  it('knows its own bytes again without looking at them twice', () => {
    expect(isKnown(jwsOf('5'), AT_FIVE)).toBe(true);
    expect(isKnown(jwsOf('6'), AT_FIVE)).toBe(false);
    expect(isKnown(jwsOf('5'), EMPTY_MODEL)).toBe(false);
  });

  it('reads a state whose manifest an earlier release took in another spelling, as the manifest that it is', () => {
    const { payload, signatures } = jwsOf('5');
    const [one] = signatures;
    const respelled = { payload, signatures: [{ ...one, signature: 'cx==' }] };
    const stored = { ...AT_FIVE, accepted: { ...AT_FIVE.accepted, jws: respelled } };
    expect(ModelState.parse(stored)).toEqual(AT_FIVE);
    expect(isKnown(respelled as ReturnType<typeof jwsOf>, ModelState.parse(stored))).toBe(false);
  });
});

describe('time', () => {
  const FLOOR = '2026-03-01T00:00:00.000Z';
  it('does not fall behind the newest manifest where the clock says 1970', () => {
    expect(laterOf(new Date(0), FLOOR).toISOString()).toBe(FLOOR);
    expect(laterOf(new Date('2026-04-01'), FLOOR).toISOString()).toBe('2026-04-01T00:00:00.000Z');
    expect(laterOf(new Date(5), null).getTime()).toBe(5);
  });
  it('only rises', () => {
    expect(raisedFloor(FLOOR, new Date(0))).toBe(FLOOR);
    expect(raisedFloor(FLOOR, new Date('2027-01-01'))).toBe('2027-01-01T00:00:00.000Z');
    expect(raisedFloor(null, new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('withdraw', () => {
  const installing = (state: 'downloading' | 'shadowing' | 'active' | 'committed'): ModelState => ({
    ...wanting(targetOf('b', 2), running('a', 1)),
    slots: { current: slotOf('a', 1), previous: null, candidate: slotOf('b', 2) },
    deployment: { target: targetOf('b', 2), state, reason: null, attempts: 1 },
  });
  it.each(['downloading', 'shadowing'] as const)('drops what is %s', (state) => {
    const after = withdraw(installing(state));
    expect(after.deployment?.state).toBe('superseded');
    expect(after.slots).toMatchObject({ candidate: null, current: slotOf('a', 1) });
  });
  it.each(['active', 'committed'] as const)('leaves what is %s', (state) => {
    expect(withdraw(installing(state))).toEqual(installing(state));
  });
  it.each([
    ['the first one', EMPTY_MODEL],
    ['one behind another that runs', running('a', 1)],
    ['one behind another in its probation', installing('active')],
  ])('assigns nothing that no step has taken up: %s', (_, state) => {
    const after = withdraw(wanting(targetOf('c', 3), state));
    expect(desiredBy(after.accepted).target).toBeNull();
    expect(after).toMatchObject({ deployment: state.deployment, slots: state.slots });
  });
});
