import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { DeviceLifecycle, type DeviceOfFleet } from '../fleet/device-lifecycle.js';
import { ReportListeners, type Reports } from '../fleet/report-listeners.js';
import { Outbox } from '../messaging/outbox.js';
import { Clock } from '../platform/clock/clock.js';
import { ConfigAssignmentStore, type AssignmentRow } from './config-assignment.store.js';

/** Keeps what devices say of their configurations, and follows what becomes of the devices. */
@Injectable()
export class ConfigFollower implements OnModuleInit {
  constructor(
    private readonly store: ConfigAssignmentStore,
    private readonly listeners: ReportListeners,
    private readonly lifecycle: DeviceLifecycle,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.listeners.add({ storing: (manager, fleet, reports) => this.follow(manager, fleet, reports) });
    this.lifecycle.follow({
      retiring: async (manager, { device }) => {
        await this.store.withdraw(manager, device);
        await this.outbox.addConfigs(manager, [device]);
      },
      // New hardware has nothing yet, and a device that pinned another key takes nothing that the former one signed.
      replacing: (manager, device) => this.signAnew(manager, device),
      pinned: (manager, device) => this.signAnew(manager, device),
    });
  }

  private async follow(manager: EntityManager, fleet: string, reports: Reports): Promise<void> {
    const told = [...reports].flatMap(([device, { configuration }]) =>
      configuration ? [{ device, ...configuration }] : [],
    );
    if (told.length === 0) return;
    for (const row of await this.store.follow(manager, fleet, told)) await this.note(manager, fleet, row);
    const ahead = await this.store.ahead(manager, fleet, told);
    for (const { device, configId } of ahead) await this.assign(manager, configId, device);
  }

  private async note(manager: EntityManager, fleet: string, row: AssignmentRow): Promise<void> {
    const { device, state, sequence, configId, reason } = row;
    if (state === 'trial') return;
    await this.audit.record(manager, {
      ...{ fleet, actor: `device:${device}`, action: `device-config.${state}`, subject: device },
      detail: { config: configId, sequence, ...(reason && { reason }) },
    });
  }

  private async signAnew(manager: EntityManager, { device }: DeviceOfFleet): Promise<void> {
    const [newest] = await this.store.newest(manager, [device]);
    if (newest) await this.assign(manager, newest.configId, device);
  }

  private async assign(manager: EntityManager, configId: string, device: string): Promise<void> {
    await this.store.assign(manager, configId, [device], this.clock.now());
    await this.outbox.addConfigs(manager, [device]);
  }
}
