import { Injectable } from '@nestjs/common';
import type { DeviceEvent } from '@hamon/contracts';
import { Counter } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';

/** What this process has stored; a repeated delivery counts once, as it is stored once. */
@Injectable()
export class IngestMetrics {
  private readonly storedWindows: Counter;
  private readonly events: Counter<'kind'>;

  constructor({ registry }: Metrics) {
    this.storedWindows = new Counter({
      name: 'hamon_windows_stored_total',
      help: 'Telemetry windows of devices that this process stored.',
      registers: [registry],
    });
    this.events = new Counter({
      name: 'hamon_device_events_total',
      help: 'Events of devices that this process stored, by kind.',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  windows(count: number): void {
    this.storedWindows.inc(count);
  }

  event(kind: DeviceEvent['kind']): void {
    this.events.inc({ kind });
  }
}
