import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { TokenBucket } from '../../src/platform/token-bucket.js';

describe('TokenBucket', () => {
  it('lets a burst pass and then one per interval', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([0, 0, 0, 0, 0].map((nowMs) => bucket.take(1, nowMs))).toEqual([0, 0, 0, 100, 200]);
    expect(bucket.take(1, 10_000)).toBe(0);
  });

  it('never lets more through in a time than rate and burst allow', () => {
    const asks = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(asks, (gapsMs) => {
        const bucket = new TokenBucket(20, 5, 0);
        let nowMs = 0;
        const releasedAtMs = gapsMs.map((gapMs) => (nowMs += gapMs) + bucket.take(1, nowMs));
        const endMs = Math.max(...releasedAtMs);
        expect(releasedAtMs.length).toBeLessThanOrEqual(5 + (endMs * 20) / 1000 + 1);
      }),
    );
  });

  it('gives only what is there to those that do not wait', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([2, 2, 1, 1].map((cost) => bucket.tryTake(cost, 0))).toEqual([true, false, true, false]);
    expect(bucket.tryTake(1, 99)).toBe(false);
    expect(bucket.tryTake(1, 100)).toBe(true);
  });

  it('is not emptied or filled by a clock that goes back', () => {
    const bucket = new TokenBucket(1, 1, 10_000);
    expect(bucket.take(1, 10_000)).toBe(0);
    expect(bucket.take(1, 0)).toBe(1000);
  });
});
