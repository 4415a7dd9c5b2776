import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { retryAfterSeconds } from '../../src/alerts/webhook-retry.js';

describe('a webhook that failed', () => {
  const createdAt = new Date('2026-03-01T12:00:00.000Z');

  it('is tried again within a day, after growing waits, and not for ever', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
        let now = createdAt.getTime();
        let attempts = 1;
        for (;;) {
          const wait = retryAfterSeconds({ attempts, createdAt }, new Date(now), random);
          if (wait === undefined) break;
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(5400);
          now += wait * 1000;
          attempts += 1;
        }
        expect(attempts).toBeGreaterThanOrEqual(10);
        expect(now - createdAt.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
      }),
    );
  });
});
