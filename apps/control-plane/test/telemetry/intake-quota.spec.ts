import { describe, expect, it } from 'vitest';
import { IntakeQuota } from '../../src/telemetry/intake-quota.js';

const DAY_MS = 86_400_000;
const KIB = 1024;

describe('IntakeQuota', () => {
  const quota = (): IntakeQuota =>
    new IntakeQuota({ windowBytesPerDay: 100 * KIB, eventsPerDay: 10, maxDevices: 2 });
  const kept = (ask: () => string | undefined): number =>
    Array.from({ length: 1000 }, ask).filter((rule) => rule === undefined).length;

  it('keeps a day’s worth of one device at once, then as much a day, whatever it sends', () => {
    const intake = quota();
    const windows = (nowMs: number): number => kept(() => intake.refuse('telemetry', 'cam-1', 512, nowMs));
    const events = (nowMs: number): number => kept(() => intake.refuse('event', 'cam-1', 512, nowMs));
    expect([windows(0), events(0)]).toEqual([100, 10]);
    expect([windows(DAY_MS / 2), events(DAY_MS / 2)]).toEqual([50, 5]);
    expect([windows(30 * DAY_MS), events(30 * DAY_MS)]).toEqual([100, 10]);
  });

  it('counts the smallest window as a row', () => {
    const intake = quota();
    expect(kept(() => intake.refuse('telemetry', 'cam-1', 1, 0))).toBeLessThanOrEqual(200);
  });

  it('names the rule', () => {
    const intake = quota();
    expect(intake.refuse('telemetry', 'cam-1', 200 * KIB, 0)).toBe(
      'more than 102400 bytes of windows a day are not kept',
    );
  });

  it('leaves other devices theirs, and remembers a bounded number of them', () => {
    const intake = quota();
    const windows = (device: string): number => kept(() => intake.refuse('telemetry', device, 512, 0));
    expect(['cam-1', 'cam-2', 'cam-1', 'cam-2'].map(windows)).toEqual([100, 100, 0, 0]);
    // The third one displaces the first, which was silent longest.
    expect(['cam-3', 'cam-2', 'cam-1'].map(windows)).toEqual([100, 0, 100]);
  });
});
