import { describe, expect, it } from 'vitest';
import { seededRandom } from '@hamon/stats';
import { secondsOff, secondsOn } from '../../src/core/outage.js';

describe('the outages of a simulated device', () => {
  it.each([0.05, 0.3, 0.9])('take a share of %d of its time', (share) => {
    const random = seededRandom(7);
    const outages = { share, meanSeconds: 30 };
    let [on, off] = [0, 0];
    for (let i = 0; i < 20_000; i += 1) {
      on += secondsOn(outages, random.next());
      off += secondsOff(outages, random.next());
    }
    expect(off / 20_000 / 30).toBeCloseTo(1, 1);
    expect(off / (on + off)).toBeCloseTo(share, 1);
  });

  it('never come where none were asked for, and never last for ever', () => {
    expect(secondsOn({ share: 0, meanSeconds: 30 }, 0.5)).toBe(Infinity);
    expect(secondsOff({ share: 0.1, meanSeconds: 30 }, 1 - 2 ** -53)).toBeLessThanOrEqual(300);
  });
});
