import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Places } from '../../src/places.js';

describe('places', () => {
  it('are never more than there are, and are handed on in the order of coming', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.constantFrom('take', 'leave', 'abort'), { maxLength: 40 }),
        async (size, steps) => {
          const places = new Places(size);
          const order: number[] = [];
          const held: (() => void)[] = [];
          const waiting = new Map<number, AbortController>();
          let next = 0;
          for (const step of steps) {
            if (step === 'take') {
              const number = next;
              next += 1;
              const leaving = new AbortController();
              waiting.set(number, leaving);
              void places.take(leaving.signal).then((leave) => {
                waiting.delete(number);
                if (!leave) return;
                order.push(number);
                held.push(leave);
              });
            } else if (step === 'leave') held.shift()?.();
            else [...waiting.values()].at(-1)?.abort();
            await new Promise(setImmediate);
            expect(held.length).toBeLessThanOrEqual(size);
            expect(places.used).toBe(held.length);
          }
          expect(order).toEqual([...order].sort((a, b) => a - b));
          for (const leaving of waiting.values()) leaving.abort();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are refused at once to who does not wait', () => {
    const places = new Places(1);
    const leave = places.tryTake();
    expect(places.tryTake()).toBeUndefined();
    leave?.();
    expect(places.tryTake()).toBeDefined();
  });
});
