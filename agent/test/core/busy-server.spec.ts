import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isBusy, MAX_ATTEMPTS, waitForServerMs } from '../../src/core/busy-server.js';

const attempts = fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('waiting for a busy server', () => {
  it('is never shorter than the server asks for, nor longer than two minutes', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 0, max: 60 }), random, (made, seconds, luck) => {
        const waitMs = waitForServerMs(made, String(seconds), luck) ?? 0;
        expect(waitMs).toBeGreaterThanOrEqual(seconds * 1000);
        expect(waitMs).toBeLessThanOrEqual(120_000);
      }),
    );
  });

  it('differs from device to device, by a second at least', () => {
    expect(waitForServerMs(1, '3', 0.999)! - waitForServerMs(1, '3', 0)!).toBeGreaterThan(990);
  });

  it('ends after a number of attempts, whatever the server says', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), random, (header, luck) => {
        let waited = 0;
        let made = 1;
        for (; ; made += 1) {
          const waitMs = waitForServerMs(made, header, luck);
          if (waitMs === undefined) break;
          expect(waitMs).toBeGreaterThan(0);
          waited += waitMs;
        }
        expect(made).toBe(MAX_ATTEMPTS);
        expect(waited).toBeLessThanOrEqual(MAX_ATTEMPTS * 120_000);
      }),
    );
  });

  it.each(['Wed, 21 Oct 2015 07:28:00 GMT', '-5', '', '99999999', null])(
    'does not depend on a header without seconds: %j',
    (header) => {
      expect(waitForServerMs(1, header, 0.5)).toBe(1500);
    },
  );

  it('is for those that say so only', () => {
    expect([400, 403, 409, 429, 500, 502, 503].filter(isBusy)).toEqual([429, 503]);
  });
});
