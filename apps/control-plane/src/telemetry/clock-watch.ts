import type { TelemetryWindow } from '@hamon/contracts';
import { judgeTimes } from './window-times.js';

/** Further devices with wrong clocks are only counted: nobody reads more lines of that kind. */
const MAX_TOLD = 10_000;

type Warn = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Reports a device's wrong clock, once until it is right again: all that the device measures is dropped meanwhile. */
export class ClockWatch {
  private readonly told = new Set<string>();

  constructor(private readonly warn: Warn) {}

  /** The rule that a window's times break, or undefined. */
  judge(window: Pick<TelemetryWindow, 'device' | 'startedAt' | 'endedAt'>, now: Date): string | undefined {
    const { device, endedAt } = window;
    const rule = judgeTimes(window, now);
    if (rule === undefined) {
      this.told.delete(device);
    } else if (!this.told.has(device) && this.told.size < MAX_TOLD) {
      this.told.add(device);
      const aheadSeconds = Math.round((Date.parse(endedAt) - now.getTime()) / 1000);
      this.warn('telemetry of a device is dropped for its times: look at its clock', {
        ...{ device, rule, aheadSeconds },
      });
    }
    return rule;
  }
}
