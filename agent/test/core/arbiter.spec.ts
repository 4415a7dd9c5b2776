import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { arbitrate } from '../../src/core/arbiter.js';
import { roomFor } from '../../src/core/memory-room.js';
import type { Ask, Lease, Situation, Standing } from '../../src/core/situation.js';
import { SharingDevice, type Job, type Member } from '../support/sharing-device.js';

const standing = (model: string, part: Partial<Standing> = {}): Standing => ({
  ...{ model, loaded: 1, due: 1, passing: 0, childMb: 100, extra: 'working' },
  ...part,
});
const ask = (model: string, share: Ask['share'], sinceMs: number, part: Partial<Ask> = {}): Ask => ({
  ...{ model, share, sinceMs, hasYielded: false, isOptional: false },
  ...part,
});
const lease = (model: string, share: Lease['share'], part: Partial<Lease> = {}): Lease => ({
  ...{ model, share, progressMs: 0, isEnding: false },
  ...part,
});
const situation = (part: Partial<Situation>): Situation => ({
  ...{ nowMs: 1000, models: ['a', 'b', 'c'].map((model) => standing(model)), asks: [], leases: [] },
  ...{ availableMb: 1000, marginMb: 50, stallMs: { download: 500, compared: 500 } },
  ...part,
});
const granted = (part: Partial<Situation>): string[] =>
  arbitrate(situation(part)).grants.map(({ model, share }) => `${model} ${share}`);

describe('a turn', () => {
  it('goes to who came first, of the link to one and beside it of the quiet machine to another', () => {
    const asks = [ask('b', 'download', 2), ask('a', 'download', 1), ask('c', 'self-test', 3)];
    expect(granted({ asks })).toEqual(['a download', 'c self-test']);
  });

  it('goes first to a model that has no version to answer with', () => {
    const models = [standing('a'), standing('b', { loaded: 0, due: 0 })];
    expect(granted({ models, asks: [ask('a', 'download', 1), ask('b', 'download', 2)] })).toEqual([
      'b download',
    ]);
  });

  it('goes last to who had it and got nowhere, even without a version', () => {
    const models = [standing('a'), standing('b', { loaded: 0, due: 0 })];
    const asks = [ask('a', 'download', 2), ask('b', 'download', 1, { hasYielded: true })];
    expect(granted({ models, asks })).toEqual(['a download']);
  });

  it('ends without progress where somebody waits, and only there', () => {
    const leases = [lease('a', 'download', { progressMs: 400 })];
    const asks = [ask('b', 'download', 900)];
    expect(arbitrate(situation({ leases, asks, nowMs: 899 }))).toMatchObject({
      revocations: [],
      nextLookMs: 900,
    });
    expect(arbitrate(situation({ leases, asks, nowMs: 900 })).revocations).toEqual(leases);
    expect(arbitrate(situation({ leases, nowMs: 9000 }))).toMatchObject({
      revocations: [],
      nextLookMs: Infinity,
    });
  });
});

describe('memory', () => {
  it('is there for whoever fits beside what was promised to others', () => {
    const asks = [ask('a', 'memory', 1), ask('b', 'memory', 2), ask('c', 'memory', 3)];
    expect(granted({ asks, availableMb: 350 })).toEqual(['a memory', 'b memory', 'c memory']);
    expect(granted({ asks, availableMb: 349 })).toEqual(['a memory', 'b memory']);
    expect(granted({ asks, availableMb: 150 })).toEqual(['a memory']);
  });

  it('is kept for the current versions that are still to be loaded', () => {
    const models = [standing('a'), standing('b', { loaded: 0 })];
    expect(roomFor('a', situation({ models, availableMb: 249 }))).toBe('never');
    expect(roomFor('a', situation({ models, availableMb: 250 }))).toBe('now');
  });

  it('is not taken for gone while a process begins or ends, which the machine counts already or still', () => {
    const asks = [ask('a', 'memory', 1)];
    const models = [standing('a'), standing('b', { passing: 1 })];
    const leases = [lease('b', 'memory')];
    expect(arbitrate(situation({ models, asks, leases, availableMb: 50 })).denials).toEqual([]);
    expect(
      roomFor(
        'a',
        situation({ models: [standing('a'), standing('b', { loaded: 0, passing: 1 })], availableMb: 150 }),
      ),
    ).toBe('later');
  });

  it('is waited for where another one will give it back, and denied where nobody can', () => {
    const asks = [ask('a', 'memory', 1)];
    const leases = [lease('b', 'memory', { progressMs: 900 })];
    const models = [standing('a'), standing('b', { loaded: 2 })];
    expect(arbitrate(situation({ models, asks, leases, availableMb: 60 }))).toMatchObject({
      ...{ grants: [], denials: [], revocations: [] },
    });
    expect(arbitrate(situation({ models, asks, leases, availableMb: 49 })).denials).toEqual(asks);
  });

  it('is taken back at once from what a device can do without, and from a comparison that gets nowhere', () => {
    const asks = [ask('a', 'memory', 1)];
    const leases = [lease('b', 'memory', { progressMs: 600 })];
    const after = (extra: Standing['extra'], nowMs = 1000): Lease['model'][] => {
      const models = [standing('a'), standing('b', { loaded: 2, extra })];
      return arbitrate(situation({ models, asks, leases, availableMb: 60, nowMs })).revocations.map(
        (l) => l.model,
      );
    };
    expect(after('watching')).toEqual(['b']);
    expect(after('held')).toEqual(['b']);
    expect(after('compared')).toEqual([]);
    expect(after('compared', 1100)).toEqual(['b']);
    expect(after('working', 9000)).toEqual([]);
  });

  it('changes hands between two that are held back no oftener than between two that get nowhere', () => {
    const models = [standing('a'), standing('b', { loaded: 2, extra: 'held' })];
    const leases = [lease('b', 'memory', { progressMs: 600 })];
    const asks = [ask('a', 'memory', 1, { hasYielded: true })];
    const at = (nowMs: number) => arbitrate(situation({ models, asks, leases, availableMb: 60, nowMs }));
    expect(at(1099)).toMatchObject({ revocations: [], nextLookMs: 1100 });
    expect(at(1100).revocations).toEqual(leases);
  });

  it('is not asked back for what is optional, nor where it would not be enough', () => {
    const models = [standing('a'), standing('b', { loaded: 2, extra: 'watching' })];
    const leases = [lease('b', 'memory')];
    const optional = [ask('a', 'memory', 1, { isOptional: true })];
    expect(arbitrate(situation({ models, leases, asks: optional, availableMb: 60 }))).toMatchObject({
      ...{ revocations: [], denials: optional },
    });
    const large = [standing('a', { childMb: 900 }), standing('b', { loaded: 2, extra: 'watching' })];
    expect(
      arbitrate(situation({ models: large, leases, asks: [ask('a', 'memory', 1)], availableMb: 60 })),
    ).toMatchObject({
      ...{ revocations: [], denials: [{ model: 'a' }] },
    });
  });

  it('is there for the first version of a device with one model, whatever is free', () => {
    const models = [standing('a', { loaded: 0, due: 0 })];
    expect(granted({ models, asks: [ask('a', 'memory', 1)], availableMb: 0 })).toEqual(['a memory']);
  });

  it('goes to one first version after the other, and to none that would cost a running one', () => {
    const firsts = ['a', 'b'].map((model) => standing(model, { loaded: 0, due: 0 }));
    const asks = [ask('a', 'memory', 1), ask('b', 'memory', 2)];
    const both = arbitrate(situation({ models: firsts, asks, availableMb: 150 }));
    expect([both.grants, both.denials].map((of) => of.map(({ model }) => model))).toEqual([['a'], []]);
    const models = [standing('a'), standing('b', { loaded: 0, due: 0 })];
    expect(
      arbitrate(situation({ models, asks: [ask('b', 'memory', 2)], availableMb: 50 })).denials,
    ).toHaveLength(1);
  });
});

const anyJob: fc.Arbitrary<Job> = fc.record({
  share: fc.constantFrom('download', 'memory', 'self-test'),
  ticks: fc.integer({ min: 1, max: 6 }),
  extra: fc.constantFrom('working', 'compared', 'held', 'watching'),
  isStuck: fc.boolean(),
});
const anyMember: fc.Arbitrary<Omit<Member, 'model'>> = fc.record({
  childMb: fc.integer({ min: 20, max: 200 }),
  due: fc.constantFrom<0 | 1>(0, 1, 1),
  jobs: fc.array(anyJob, { maxLength: 5 }),
});
const anyDevice = fc.record({
  members: fc.array(anyMember, { minLength: 1, maxLength: 5 }),
  spareMb: fc.integer({ min: 0, max: 500 }),
  marginMb: fc.integer({ min: 0, max: 80 }),
});

describe('whatever models do', () => {
  it('a share has one holder, memory is never promised twice, no running version pays, and all that can end ends', () => {
    fc.assert(
      fc.property(anyDevice, ({ members, spareMb, marginMb }) => {
        const named = members.map((member, i) => ({ ...member, model: `m${i}` }));
        const device = new SharingDevice(named, spareMb, marginMb);
        for (let tick = 0; tick < 400 && !device.isDone; tick += 1) device.step();
        expect(device.unfinished).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
