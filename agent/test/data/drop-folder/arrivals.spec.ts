import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arrivals, byArrival, type Arrived } from '../../../src/data/sources/drop-folder/arrivals.js';
import { Oldest } from '../../../src/data/sources/drop-folder/oldest.js';

const SETTLE_MS = 100;

const file = (name: string, bytes: number, written: number, changed = written): Arrived => ({
  name,
  stamp: { bytes, inode: 1n, modifiedNs: BigInt(written), changedNs: BigInt(changed) },
});
const at = (ms: number) => ({ fromMs: ms, toMs: ms });

describe('arrivals', () => {
  it('hands a file out when it has not changed for long enough, and once', () => {
    const arrivals = new Arrivals({ settleMs: SETTLE_MS, most: 10 });
    arrivals.see(file('a', 5, 1), at(0));
    arrivals.see(file('a', 5, 1), at(99));
    expect(arrivals.take()).toBeUndefined();
    arrivals.see(file('a', 9, 2), at(100));
    expect(arrivals.due(199)).toEqual([]);
    expect(arrivals.due(200)).toEqual(['a']);
    arrivals.see(file('a', 9, 2), at(200));
    expect(arrivals.take()).toEqual(file('a', 9, 2));
    arrivals.see(file('a', 9, 2), at(1000));
    expect(arrivals.take()).toBeUndefined();
  });

  it('does not trust a look that began before the file had been quiet for long enough', () => {
    const arrivals = new Arrivals({ settleMs: SETTLE_MS, most: 10 });
    arrivals.see(file('a', 5, 1), { fromMs: 0, toMs: 80 });
    arrivals.see(file('a', 5, 1), { fromMs: 150, toMs: 400 });
    expect(arrivals.take()).toBeUndefined();
  });

  it('hands out at once what was renamed in, but for an empty file', () => {
    const arrivals = new Arrivals({ settleMs: SETTLE_MS, most: 10 });
    arrivals.see(file('whole', 5, 1, 2), at(0), true);
    arrivals.see(file('empty', 0, 1, 1), at(0), true);
    expect(arrivals.take()?.name).toBe('whole');
    arrivals.see(file('empty', 0, 1, 1), at(5 * SETTLE_MS));
    expect(arrivals.take()).toBeUndefined();
    arrivals.see(file('empty', 0, 1, 1), at(10 * SETTLE_MS));
    expect(arrivals.take()?.name).toBe('empty');
  });

  it('takes what comes under a name after it was put away for another file', () => {
    const arrivals = new Arrivals({ settleMs: 0, most: 10 });
    const first = file('image.jpg', 5, 1);
    const second = file('image.jpg', 5, 2);
    for (const one of [first, second]) {
      arrivals.see(one, at(0));
      arrivals.see(one, at(1));
      expect(arrivals.take()).toEqual(one);
      arrivals.gone('image.jpg');
    }
  });

  it('says when it had no room, and knows no more than it may', () => {
    const arrivals = new Arrivals({ settleMs: 0, most: 3 });
    for (let i = 0; i < 5; i += 1) arrivals.see(file(`${i}`, 1, i), at(0));
    expect([arrivals.waiting, arrivals.takeMissed(), arrivals.takeMissed()]).toEqual([3, true, false]);
  });

  it('is in order of arrival and loses nothing, whatever is seen when', () => {
    const moves = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), bytes: fc.nat(3), wait: fc.nat(150) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(moves, (steps) => {
        const arrivals = new Arrivals({ settleMs: SETTLE_MS, most: 100 });
        const latest = new Map<string, { file: Arrived; sinceMs: number }>();
        let now = 0;
        for (const [i, { name, bytes, wait }] of steps.entries()) {
          now += wait;
          const known = latest.get(name);
          const written = known?.file.stamp.bytes === bytes ? known.file : file(name, bytes, i);
          if (written !== known?.file) latest.set(name, { file: written, sinceMs: now });
          arrivals.see(written, at(now));
          const taken = arrivals.take();
          if (!taken) continue;
          const one = latest.get(taken.name);
          // What is handed out was seen as it was for as long as it must.
          if (one?.file === taken) expect(now - one.sinceMs).toBeGreaterThanOrEqual(SETTLE_MS);
          arrivals.gone(taken.name);
          latest.delete(taken.name);
        }
        for (const [, { file: left }] of latest) arrivals.see(left, at(now + 10_000));
        const rest: Arrived[] = [];
        for (let one = arrivals.take(); one; one = arrivals.take()) rest.push(one);
        expect(rest).toEqual([...rest].sort(byArrival));
        expect(new Set(rest.map(({ name }) => name))).toEqual(new Set(latest.keys()));
      }),
    );
  });
});

describe('the oldest of many', () => {
  it('are the first of all of them in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(20), (numbers, most) => {
        const oldest = new Oldest<number>(most, (a, b) => a - b);
        for (const one of numbers) oldest.add(one);
        expect(oldest.sorted()).toEqual([...numbers].sort((a, b) => a - b).slice(0, most));
        expect(oldest.total).toBe(numbers.length);
      }),
    );
  });
});
