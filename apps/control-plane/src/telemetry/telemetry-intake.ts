import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Inbox } from '../messaging/inbox.js';
import type { Refusal } from '../messaging/message-handler.js';
import { Clock } from '../platform/clock/clock.js';
import { Log } from '../platform/log.js';
import { ClockWatch } from './clock-watch.js';
import { DeviceEventStore } from './device-event.store.js';
import { IntakeQuota } from './intake-quota.js';
import { WindowStore } from './window.store.js';

/** Takes windows and events within each device's quota, and no window with wrong times. */
@Injectable()
export class TelemetryIntake implements OnModuleInit {
  private readonly clocks: ClockWatch;

  constructor(
    private readonly inbox: Inbox,
    private readonly windows: WindowStore,
    private readonly events: DeviceEventStore,
    private readonly quota: IntakeQuota,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.clocks = new ClockWatch((message, fields) => log.warn(message, fields));
  }

  onModuleInit(): void {
    this.inbox.handle('telemetry', {
      store: (items) => this.windows.insert(items),
      refuse: ({ device, message, lengthBytes }) => {
        const rule = this.clocks.judge(message, this.clock.now());
        if (rule !== undefined) return { what: 'telemetry', detail: rule };
        return this.beyondQuota('telemetry', device, lengthBytes);
      },
    });
    this.inbox.handle('event', {
      store: (items) => this.events.insert(items),
      refuse: ({ device, lengthBytes }) => this.beyondQuota('event', device, lengthBytes),
    });
  }

  private beyondQuota(name: 'telemetry' | 'event', device: string, lengthBytes: number): Refusal | undefined {
    const rule = this.quota.refuse(name, device, lengthBytes, performance.now());
    return rule === undefined ? undefined : { what: `${name}-quota`, detail: rule };
  }
}
