import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { Inbox } from '../messaging/inbox.js';
import type { Received } from '../messaging/received.js';
import { Clock } from '../platform/clock/clock.js';
import { healthAsTold } from './device-health.js';
import { DeviceReportStore } from './device-report.store.js';
import { ReportListeners } from './report-listeners.js';

/** Stores what devices report about themselves, and tells the capabilities above. */
@Injectable()
export class ReportedStateIngest implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly inbox: Inbox,
    private readonly store: DeviceReportStore,
    private readonly listeners: ReportListeners,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.inbox.handle('reported', { store: (items) => this.take(items) });
  }

  /** The newest state of each device; an older one within the batch says nothing that the newest does not. */
  private async take(items: readonly Received<'reported'>[]): Promise<void> {
    const byFleet = new Map<string, Map<string, ReportedState>>();
    const kept = new Set<string>();
    for (const { fleet, device, message, retained } of items) {
      const reports = byFleet.get(fleet) ?? new Map<string, ReportedState>();
      byFleet.set(fleet, reports.set(device, message));
      if (retained) kept.add(device);
      else kept.delete(device);
    }
    for (const [fleet, reports] of byFleet) {
      await this.storeOf(fleet, reports, kept);
      await this.listeners.stored(fleet, reports);
    }
  }

  private storeOf(
    fleet: string,
    reports: ReadonlyMap<string, ReportedState>,
    kept: ReadonlySet<string>,
  ): Promise<void> {
    const now = this.clock.now();
    const assessed = [...reports].map(([device, body]) => ({
      ...{ device, body, isKept: kept.has(device) },
      health: healthAsTold(body, now),
    }));
    return this.database.transaction(async (manager) => {
      const { known, changed } = await this.store.store(manager, fleet, assessed);
      const ofFleet = new Map([...reports].filter(([device]) => known.has(device)));
      await this.listeners.agentsChanged(manager, changed);
      await this.listeners.storing(manager, fleet, ofFleet);
    });
  }
}
