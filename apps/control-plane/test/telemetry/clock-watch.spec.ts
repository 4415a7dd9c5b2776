import { beforeEach, describe, expect, it } from 'vitest';
import { ClockWatch } from '../../src/telemetry/clock-watch.js';

const now = new Date('2026-03-01T12:00:00.000Z');
const window = (device: string, hour: string) => ({
  ...{ device, startedAt: `2026-03-01T${hour}:00:00.000Z`, endedAt: `2026-03-01T${hour}:00:10.000Z` },
});

describe('ClockWatch', () => {
  let told: unknown[];
  let watch: ClockWatch;
  beforeEach(() => {
    told = [];
    watch = new ClockWatch((_message, { device, aheadSeconds }) => told.push([device, aheadSeconds]));
  });

  it('names each device whose clock is ahead, once', () => {
    for (const device of ['cam-1', 'cam-2', 'cam-1']) {
      expect(watch.judge(window(device, '21'), now)).toContain('in the future');
    }
    expect(told).toEqual([
      ['cam-1', 9 * 3600 + 10],
      ['cam-2', 9 * 3600 + 10],
    ]);
  });

  it('names it again where its clock was right in between', () => {
    watch.judge(window('cam-1', '21'), now);
    expect(watch.judge(window('cam-1', '11'), now)).toBeUndefined();
    watch.judge(window('cam-1', '22'), now);
    expect(told).toHaveLength(2);
  });
});
