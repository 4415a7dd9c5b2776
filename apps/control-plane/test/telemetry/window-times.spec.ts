import { describe, expect, it } from 'vitest';
import { judgeTimes } from '../../src/telemetry/window-times.js';

const now = new Date('2026-03-01T12:00:00.000Z');
const window = (startedAt: string, endedAt: string) => ({ startedAt, endedAt });

describe('judgeTimes', () => {
  it.each([
    ['a window that just ended', '2026-03-01T11:59:50.000Z', '2026-03-01T12:00:00.000Z', undefined],
    [
      'one of a device that was offline for a month',
      '2026-02-01T00:00:00.000Z',
      '2026-02-01T00:00:10.000Z',
      undefined,
    ],
    ['one of a clock a little ahead', '2026-03-01T12:05:00.000Z', '2026-03-01T12:05:10.000Z', undefined],
    [
      'one that ends before it starts',
      '2026-03-01T11:00:10.000Z',
      '2026-03-01T11:00:00.000Z',
      'before startedAt',
    ],
    ['one of three hours', '2026-03-01T08:00:00.000Z', '2026-03-01T11:00:00.000Z', 'two hours'],
    ['one of tomorrow', '2026-03-02T12:00:00.000Z', '2026-03-02T12:00:10.000Z', 'in the future'],
    ['one of 1970', '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:10.000Z', '31 days'],
  ])('judges %s', (_what, startedAt, endedAt, rule) => {
    const judged = judgeTimes(window(startedAt, endedAt), now);
    if (rule === undefined) expect(judged).toBeUndefined();
    else expect(judged).toContain(rule);
  });
});
