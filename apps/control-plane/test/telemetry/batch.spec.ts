import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { eventually } from '../support/eventually.js';
import { Batch, type SetAside, type StoreOutcome } from '../../src/messaging/batch.js';

const rules = { maxItems: 4, maxWaitMs: 1 };
const PATIENT_MS = 60_000;

/** A store that keeps what it is given and answers as the test says. */
type Kind = StoreOutcome['kind'];
const outcome = (kind: Kind): StoreOutcome => ({ kind, cause: new Error(kind) });
const laneOf = (): string => 'works';

function memory(answer: (items: readonly number[]) => Kind) {
  const stored: number[] = [];
  const sizes: number[] = [];
  return {
    stored,
    sizes,
    store: (items: readonly number[]): Promise<StoreOutcome> => {
      sizes.push(items.length);
      const kind = answer(items);
      if (kind === 'stored') stored.push(...items);
      return Promise.resolve(outcome(kind));
    },
  };
}

describe('Batch', () => {
  it('stores everything in order, in batches', async () => {
    const { stored, sizes, store } = memory(() => 'stored');
    const batch = new Batch<number>(rules, { laneOf, store, setAside: () => undefined });
    for (let i = 0; i < 10; i++) await batch.add(i);
    await batch.stop(PATIENT_MS);
    expect(stored).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(rules.maxItems);
  });

  it('stores what waits after a while, without being asked', async () => {
    const done = new Promise<readonly number[]>((resolve) => {
      const batch = new Batch<number>(rules, {
        laneOf,
        store: (items) => (resolve(items), Promise.resolve(outcome('stored'))),
        setAside: () => undefined,
      });
      void batch.add(1);
    });
    expect(await done).toEqual([1]);
  });

  it('makes its callers wait while the store is slow, so that no more than two batches of a fleet are in memory', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const batch = new Batch<number>(rules, {
      laneOf,
      store: () => slow.then(() => outcome('stored')),
      setAside: () => undefined,
    });
    const waits = Array.from({ length: 8 }, (_, i) => batch.add(i));
    expect(waits.map((wait) => wait instanceof Promise)).toEqual([...Array<boolean>(7).fill(false), true]);
    release();
    await waits[7];
    await batch.stop(PATIENT_MS);
  });

  it.each(['refused', 'broken'] as const)(
    'sets each item aside that is %s, and keeps its neighbours',
    async (kind) => {
      const bad = fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(bad, async (unstorable) => {
          const { stored, store } = memory((items) =>
            items.some((item) => unstorable.includes(item)) ? kind : 'stored',
          );
          const aside: [number, SetAside['kind']][] = [];
          const setAside = (item: number, why: SetAside) => aside.push([item, why.kind]);
          const batch = new Batch<number>(rules, { laneOf, store, setAside });
          for (let i = 0; i < 20; i++) await batch.add(i);
          await batch.stop(PATIENT_MS);
          expect(aside).toEqual([...unstorable].sort((x, y) => x - y).map((item) => [item, kind]));
          expect(stored).toHaveLength(20 - unstorable.length);
        }),
        { numRuns: 30 },
      );
    },
  );

  it('stores what others send while the flood of one fleet waits for its lock', async () => {
    let release: () => void = () => undefined;
    const locked = new Promise<void>((resolve) => (release = resolve));
    const stored: string[] = [];
    const batch = new Batch<string>(rules, {
      laneOf: (item) => item.slice(0, 1),
      store: async (items) => {
        if (items[0]?.startsWith('a')) await locked;
        stored.push(...items);
        return outcome('stored');
      },
      setAside: () => undefined,
    });
    const flood = Array.from({ length: 2 * rules.maxItems + 1 }, (_, i) => `a${i}`);
    const waits = flood.map((item) => batch.add(item));
    expect(waits[2 * rules.maxItems - 1]).toBeInstanceOf(Promise);
    const others = Array.from({ length: 3 * rules.maxItems }, (_, i) => `b${i}`);
    for (const item of others) await batch.add(item);
    await eventually('the other fleet', () => stored.length >= others.length);
    expect(stored).toEqual(others);
    release();
    await Promise.all(waits);
    await batch.stop(PATIENT_MS);
    expect(stored).toEqual([...others, ...flood]);
  });

  it('stores every lane that the store answers for, whichever and however many hang', async () => {
    const names = [...'abcdefghijklmnopqrst'];
    const scenes = fc.record({
      stuck: fc.subarray(names, { minLength: 1, maxLength: names.length - 1 }),
      senders: fc.shuffledSubarray(names, { minLength: names.length }),
      each: fc.integer({ min: 1, max: 20 }),
      waits: fc.constantFrom<Kind | 'hangs'>('hangs', 'unavailable'),
    });
    await fc.assert(
      fc.asyncProperty(scenes, async ({ stuck, senders, each, waits }) => {
        let isOver = false;
        let release: () => void = () => undefined;
        const locked = new Promise<void>((resolve) => (release = resolve));
        const stored: string[] = [];
        let [taken, most] = [0, 0];
        const batch = new Batch<string>(rules, {
          laneOf: (item) => item.slice(0, 1),
          store: async (items) => {
            expect(items.length).toBeLessThanOrEqual(rules.maxItems);
            if (!isOver && stuck.includes(items[0]?.slice(0, 1) ?? '')) {
              if (waits === 'unavailable') return outcome('unavailable');
              await locked;
            }
            await new Promise(setImmediate);
            stored.push(...items);
            return outcome('stored');
          },
          setAside: () => undefined,
        });
        const sent = (lane: string): string[] => Array.from({ length: each }, (_, i) => `${lane}${i}`);
        const send = async (lane: string): Promise<void> => {
          for (const item of sent(lane)) {
            most = Math.max(most, ++taken - stored.length);
            await batch.add(item);
          }
        };
        const sending = new Map(senders.map((lane) => [lane, send(lane)]));
        const free = names.filter((lane) => !stuck.includes(lane));
        await Promise.all(free.map((lane) => sending.get(lane)));
        const ofFree = (): number => stored.filter((item) => free.includes(item.slice(0, 1))).length;
        await eventually('all that nothing holds up', () => ofFree() === free.length * each);
        expect(stored).toHaveLength(free.length * each);
        expect(most).toBeLessThanOrEqual(4 * rules.maxItems + names.length);
        isOver = true;
        release();
        await Promise.all(sending.values());
        expect(await batch.stop(PATIENT_MS)).toBe(0);
        for (const lane of names) expect(stored.filter((item) => item.startsWith(lane))).toEqual(sent(lane));
      }),
      { numRuns: 40 },
    );
  });

  it('gives each stuck fleet half of what is left, and as much to one that is not stuck', async () => {
    const many = { maxItems: 16, maxWaitMs: 1 };
    const batch = new Batch<string>(many, {
      laneOf: (lane) => lane,
      store: (items) =>
        items[0] === 'z' ? Promise.resolve(outcome('stored')) : new Promise<never>(() => undefined),
      setAside: () => undefined,
    });
    /** How many items of a lane are taken before its sender has to wait. */
    const fill = (lane: string): number => {
      for (let count = 1; ; count++) if (batch.add(lane)) return count;
    };
    expect([...'abcdefgh'].map(fill)).toEqual([32, 16, 8, 4, 2, 1, 1, 1]);
    for (let i = 0; i < 50; i++) await batch.add('z');
    await batch.stop(0);
  });

  it('never mixes fleets, keeps each in order, and holds at most two batches of one and four of all', async () => {
    const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(items, async (lanes) => {
        const stored: string[] = [];
        const taken: string[] = [];
        const most = { ofOne: 0, ofAll: 0 };
        const batch = new Batch<string>(rules, {
          laneOf: (item) => item.slice(0, 1),
          store: async (some) => {
            const held = taken.filter((item) => !stored.includes(item));
            const own = held.filter((item) => item[0] === some[0]?.[0]);
            most.ofOne = Math.max(most.ofOne, own.length);
            most.ofAll = Math.max(most.ofAll, held.length);
            expect(new Set(some.map((item) => item[0])).size).toBe(1);
            await new Promise(setImmediate);
            stored.push(...some);
            return outcome('stored');
          },
          setAside: () => undefined,
        });
        const sent = lanes.map((lane, i) => `${lane}${i}`);
        for (const item of sent) {
          taken.push(item);
          await batch.add(item);
        }
        await batch.stop(PATIENT_MS);
        expect(most.ofOne).toBeLessThanOrEqual(2 * rules.maxItems);
        // And one of each fleet, which always has room for one.
        expect(most.ofAll).toBeLessThanOrEqual(4 * rules.maxItems + 6);
        for (const lane of 'abcdef') {
          const of = (list: string[]) => list.filter((item) => item.startsWith(lane));
          expect(of(stored)).toEqual(of(sent));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tries again what cannot be stored yet', async () => {
    let failures = 2;
    const { stored, store } = memory(() => (failures-- > 0 ? 'unavailable' : 'stored'));
    const batch = new Batch<number>(rules, { laneOf, store, setAside: () => undefined });
    for (let i = 0; i < 4; i++) void batch.add(i);
    await eventually('the third try', () => stored.length === 4);
    await batch.add(4);
    await batch.stop(PATIENT_MS);
    expect(stored).toEqual([0, 1, 2, 3, 4]);
  });

  it('stores at a stop what it took, also where the store only comes back then', async () => {
    let isAway = true;
    const { stored, store } = memory(() => (isAway ? 'unavailable' : 'stored'));
    const batch = new Batch<string>(rules, {
      laneOf: (item) => item.slice(0, 1),
      store: (items) => store(items.map((item) => Number(item.slice(1)))),
      setAside: () => undefined,
    });
    const taken = Array.from({ length: 7 }, (_, i) => `${'abc'[i % 3] ?? ''}${i}`);
    for (const item of taken) void batch.add(item);
    const stopped = batch.stop(PATIENT_MS);
    isAway = false;
    expect(await stopped).toBe(0);
    expect(stored.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each<[string, () => Promise<StoreOutcome>]>([
    ['is away', () => Promise.resolve(outcome('unavailable'))],
    ['hangs', () => new Promise(() => undefined)],
  ])('ends a stop where the store %s, and says how many were given up', async (_, store) => {
    const batch = new Batch<number>(rules, { laneOf, store, setAside: () => undefined });
    for (let i = 0; i < 7; i++) void batch.add(i);
    expect(await batch.stop(50)).toBe(7);
  });
});
