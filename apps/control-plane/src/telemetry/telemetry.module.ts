import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { Config } from '../platform/config/config.js';
import { DeviceEventStore } from './device-event.store.js';
import { DeviceEventsController } from './device-events.controller.js';
import { IngestMetrics } from './ingest-metrics.js';
import { IntakeQuota } from './intake-quota.js';
import { RestoredWindows } from './restored-windows.js';
import { TelemetryIntake } from './telemetry-intake.js';
import { WindowPartitions } from './window-partitions.js';
import { WindowStore } from './window.store.js';
import { WindowsController } from './windows.controller.js';

/** What devices report about themselves. */
@Module({
  imports: [FleetModule, MessagingModule],
  controllers: [DeviceEventsController, WindowsController],
  providers: [
    DeviceEventStore,
    {
      provide: IntakeQuota,
      useFactory: ({ deviceWindowsMbPerDay, deviceEventsPerDay }: Config) =>
        new IntakeQuota({
          windowBytesPerDay: deviceWindowsMbPerDay * 1024 ** 2,
          eventsPerDay: deviceEventsPerDay,
          maxDevices: 100_000,
        }),
      inject: [Config],
    },
    IngestMetrics,
    RestoredWindows,
    TelemetryIntake,
    WindowPartitions,
    WindowStore,
  ],
})
export class TelemetryModule {}
