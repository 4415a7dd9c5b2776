import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNREADABLE, type Taken } from '../../src/data/sources/frame-source.js';
import { LiveFrames } from '../../src/data/sources/live-frames.js';
import { numbered } from './support/numbered-frames.js';

const never = new AbortController().signal;

function told(taken: Taken | null): { name: string | undefined; skipped: number } {
  if (taken === null || taken === UNREADABLE) throw new Error('no frame');
  return { name: taken.frame.name, skipped: taken.skipped };
}

describe('frames of a camera', () => {
  it('are the newest, and those that were replaced are counted', async () => {
    const live = new LiveFrames();
    const reader = live.reader();
    for (let i = 1; i <= 5; i += 1) live.push(numbered(i));
    expect(told(await reader.next(never))).toEqual({ name: '5', skipped: 4 });
    live.push(numbered(6));
    expect(told(await reader.next(never))).toEqual({ name: '6', skipped: 0 });
  });

  it('are each taken or counted once, whoever reads how often', async () => {
    const step = fc.oneof(fc.constant('read' as const), fc.integer({ min: 1, max: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const live = new LiveFrames();
        const reader = live.reader();
        let pushed = 0;
        let accounted = 0;
        for (const what of steps) {
          if (what === 'read') {
            if (pushed === accounted) continue;
            accounted += told(await reader.next(never)).skipped + 1;
          } else {
            const group = Array.from({ length: what }, (_, i) => numbered(pushed + i + 1));
            live.push(...group);
            pushed += what;
          }
        }
        while (accounted < pushed) accounted += told(await reader.next(never)).skipped + 1;
        expect(accounted).toBe(pushed);
      }),
    );
  });

  it('are seen by each reader for itself', async () => {
    const live = new LiveFrames();
    const [first, second] = [live.reader(), live.reader()];
    live.push(numbered(1));
    expect(told(await first.next(never)).name).toBe('1');
    live.push(numbered(2));
    expect(told(await first.next(never))).toEqual({ name: '2', skipped: 0 });
    expect(told(await second.next(never))).toEqual({ name: '2', skipped: 1 });
  });

  it('that belong together are read one after the other, until newer ones replace them', async () => {
    const live = new LiveFrames();
    const reader = live.reader();
    live.push(numbered(1), numbered(2), numbered(3));
    expect(told(await reader.next(never)).name).toBe('1');
    live.push(numbered(4), numbered(5));
    expect(told(await reader.next(never))).toEqual({ name: '4', skipped: 2 });
    expect(told(await reader.next(never))).toEqual({ name: '5', skipped: 0 });
  });

  it('can be asked for again, or anew', async () => {
    const live = new LiveFrames();
    const reader = live.reader();
    live.push(numbered(1));
    expect(told(await reader.latest(never)).name).toBe('1');
    expect(told(await reader.latest(never)).name).toBe('1');
    const fresh = reader.fresh(never);
    live.push(numbered(2));
    expect(told(await fresh)).toEqual({ name: '2', skipped: 0 });
  });

  it('are none once they are too old to show anything', async () => {
    const live = new LiveFrames();
    const reader = live.reader();
    live.push(numbered(1));
    live.forget();
    const leaving = new AbortController();
    const latest = reader.latest(leaving.signal);
    leaving.abort();
    expect(await latest).toBeNull();
  });

  it('keep nobody waiting who leaves', async () => {
    const reader = new LiveFrames().reader();
    const leaving = new AbortController();
    const waiting = Promise.all([reader.ready(leaving.signal), reader.next(leaving.signal)]);
    leaving.abort();
    expect((await waiting)[1]).toBeNull();
  });
});
