import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../support/eventually.js';
import { Batch, type StoreOutcome } from '../../src/telemetry/batch.js';

const rules = { maxItems: 4, maxWaitMs: 1 };

/** A store that keeps what it was given and answers as it is told. */
function memory(answer: (items: readonly number[]) => StoreOutcome) {
  const stored: number[] = [];
  const sizes: number[] = [];
  return {
    stored,
    sizes,
    store: (items: readonly number[]): Promise<StoreOutcome> => {
      sizes.push(items.length);
      const outcome = answer(items);
      if (outcome === 'stored') stored.push(...items);
      return Promise.resolve(outcome);
    },
  };
}

describe('Batch', () => {
  it('stores everything in order, in batches', async () => {
    const { stored, sizes, store } = memory(() => 'stored');
    const batch = new Batch(rules, store, () => undefined);
    for (let i = 0; i < 10; i++) await batch.add(i);
    await batch.stop();
    expect(stored).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(rules.maxItems);
  });

  it('stores what waits after the time, without being asked', async () => {
    const done = new Promise<readonly number[]>((resolve) => {
      const batch = new Batch<number>(
        rules,
        (items) => (resolve(items), Promise.resolve('stored')),
        () => undefined,
      );
      void batch.add(1);
    });
    expect(await done).toEqual([1]);
  });

  it('makes its callers wait while the store is slow, so that no more than two batches are in memory', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const batch = new Batch<number>(
      rules,
      () => slow.then(() => 'stored' as const),
      () => undefined,
    );
    const waits = Array.from({ length: 8 }, (_, i) => batch.add(i));
    expect(waits.map((wait) => wait instanceof Promise)).toEqual([...Array<boolean>(7).fill(false), true]);
    release();
    await waits[7];
    await batch.stop();
  });

  it('tells items apart that the store refuses, and keeps their neighbours', async () => {
    const bad = fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bad, async (refusable) => {
        const { stored, store } = memory((items) =>
          items.some((item) => refusable.includes(item)) ? 'refused' : 'stored',
        );
        const refused: number[] = [];
        const batch = new Batch(rules, store, (item) => refused.push(item));
        for (let i = 0; i < 20; i++) await batch.add(i);
        await batch.stop();
        expect(refused).toEqual([...refusable].sort((a, b) => a - b));
        expect(stored).toHaveLength(20 - refusable.length);
      }),
      { numRuns: 30 },
    );
  });

  it('tries again what cannot be stored yet', async () => {
    let failures = 2;
    const { stored, store } = memory(() => (failures-- > 0 ? 'unavailable' : 'stored'));
    const batch = new Batch(rules, store, () => undefined);
    for (let i = 0; i < 4; i++) void batch.add(i);
    await eventually('the third try', () => stored.length === 4);
    await batch.add(4);
    await batch.stop();
    expect(stored).toEqual([0, 1, 2, 3, 4]);
  });
});
