import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { FairTurns, type EndTurn } from '../../src/platform/fair-turns.js';

const LIMITS = { atOnce: 2, atOnceEach: 1, waiting: 50, waitingEach: 10 };

/** Takes turns and writes down who began, in order. */
function scene(limits = LIMITS) {
  const turns = new FairTurns(limits);
  const begun: string[] = [];
  const running: { member: string; end: EndTurn }[] = [];
  const take = (group: string, member: string): boolean => {
    const turn = turns.take(group, member);
    void turn?.then((end) => {
      begun.push(member);
      running.push({ member, end });
    });
    return turn !== undefined;
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { take, begun, running, settle };
}

describe('fair turns', () => {
  test('a member that asks for many waits for its own; a neighbour is next', async () => {
    const { take, begun, running, settle } = scene({ ...LIMITS, atOnce: 1 });
    for (let i = 0; i < 8; i += 1) expect(take('a', 'a/flood')).toBe(true);
    expect(take('a', 'a/neighbour')).toBe(true);
    for (let i = 0; i < 3; i += 1) {
      await settle();
      running.shift()?.end();
    }
    await settle();
    expect(begun.slice(0, 4)).toEqual(['a/flood', 'a/flood', 'a/neighbour', 'a/flood']);
  });

  test('a fleet with many members takes turns with one that has one', async () => {
    const { take, begun, running, settle } = scene({ ...LIMITS, atOnce: 1 });
    for (let i = 0; i < 10; i += 1) take('big', `big/${i}`);
    take('small', 'small/0');
    for (let i = 0; i < 3; i += 1) {
      await settle();
      running.shift()?.end();
    }
    expect(begun.indexOf('small/0')).toBeLessThanOrEqual(2);
  });

  test('a request beyond the queue is refused; one for a free place never is', async () => {
    const { take, running, settle } = scene({ atOnce: 2, atOnceEach: 1, waiting: 3, waitingEach: 2 });
    expect([1, 2, 3, 4].map(() => take('a', 'a/x'))).toEqual([true, true, true, false]);
    expect(take('a', 'a/y')).toBe(true);
    expect([1, 2].map(() => take('b', 'b/z'))).toEqual([true, false]);
    await settle();
    expect(running.map(({ member }) => member).sort()).toEqual(['a/x', 'a/y']);
  });

  test('every turn that was taken begins once; limits hold at every step', async () => {
    const step = fc.record({ member: fc.nat(5), ends: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { take, begun, running, settle } = scene();
        let taken = 0;
        const check = (): void => {
          expect(running.length).toBeLessThanOrEqual(LIMITS.atOnce);
          expect(new Set(running.map(({ member }) => member)).size).toBe(running.length);
        };
        for (const { member, ends } of steps) {
          if (take(`g${member % 2}`, `g${member % 2}/${member}`)) taken += 1;
          await settle();
          check();
          for (const { end } of running.splice(0, ends)) {
            end();
            end();
          }
          await settle();
          check();
        }
        while (running.length > 0) {
          running.shift()?.end();
          await settle();
        }
        expect(begun).toHaveLength(taken);
      }),
      { numRuns: 50 },
    );
  });
});
