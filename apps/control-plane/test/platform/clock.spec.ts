import { describe, expect, it } from 'vitest';
import { Clock, clockWarning, readClock } from '../../src/platform/clock/clock.js';

const DAY_MS = 86_400_000;

describe('the one clock', () => {
  it('goes by the database, whatever the machine’s clock says', async () => {
    const clock = new Clock(await readClock(() => Promise.resolve(Date.now() + 60 * DAY_MS)));
    expect(Math.abs(clock.nowMs() - Date.now() - 60 * DAY_MS)).toBeLessThan(1000);
    expect(Math.round(clock.aheadMs / DAY_MS)).toBe(60);
    clock.set(await readClock(() => Promise.resolve(Date.now())));
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1000);
  });

  it('uses the quickest of its questions', async () => {
    // An answer that took long says least about now.
    const waits = [200, 0, 200];
    const { aheadMs } = await readClock(async () => {
      const answer = Date.now();
      await new Promise((resolve) => setTimeout(resolve, waits.shift()));
      return answer;
    });
    expect(Math.abs(aheadMs)).toBeLessThan(90);
  });

  it('warns in one sentence where the clocks differ, and says nothing else', () => {
    expect(clockWarning(4_999)).toBeUndefined();
    expect(clockWarning(-4_999)).toBeUndefined();
    expect(clockWarning(60 * DAY_MS)).toContain("the database's clock is 60 days ahead of this machine's");
    expect(clockWarning(-3 * 3_600_000)).toContain("the database's clock is 3 hours behind this machine's");
    expect(clockWarning(10_000)).toContain('10 seconds ahead of');
  });
});
