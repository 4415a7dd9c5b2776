import { Module } from '@nestjs/common';
import { BenchmarkModule } from '../benchmark/benchmark.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { Config } from '../platform/config/config.js';
import { TrustModule } from '../trust/trust.module.js';
import { DeviceEventStore } from './device-event.store.js';
import { DeviceEventsController } from './device-events.controller.js';
import { Inbox } from './inbox.js';
import { IngestMetrics } from './ingest-metrics.js';
import { IntakeQuota } from './intake-quota.js';
import { IngestBell } from './ingest-bell.js';
import { PresenceStore } from './presence.store.js';
import { PresenceSweeper } from './presence-sweeper.js';
import { ReportedStateIngest } from './reported-state.ingest.js';
import { RestoredWindows } from './restored-windows.js';
import { WindowPartitions } from './window-partitions.js';
import { WindowStore } from './window.store.js';
import { WindowsController } from './windows.controller.js';

/** What devices tell of themselves. */
@Module({
  imports: [BenchmarkModule, MessagingModule, TrustModule],
  controllers: [DeviceEventsController, WindowsController],
  providers: [
    DeviceEventStore,
    Inbox,
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
    IngestBell,
    IngestMetrics,
    PresenceStore,
    PresenceSweeper,
    ReportedStateIngest,
    RestoredWindows,
    WindowPartitions,
    WindowStore,
  ],
  exports: [IngestBell],
})
export class TelemetryModule {}
