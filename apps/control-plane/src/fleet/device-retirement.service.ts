import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { BrokerAccounts } from './broker-accounts.js';
import { Outbox } from '../messaging/outbox.js';
import { RetainedReports } from '../messaging/retained-reports.js';
import { ControlPlaneError } from '../platform/errors.js';
import { DeviceLifecycle } from './device-lifecycle.js';
import { DeviceStore } from './device.store.js';

/** Ends a device: stolen, broken, or no longer wanted. Its history stays. */
@Injectable()
export class DeviceRetirement {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DeviceStore,
    private readonly lifecycle: DeviceLifecycle,
    private readonly accounts: BrokerAccounts,
    private readonly retained: RetainedReports,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /**
   * From the commit on its key is refused: HTTP looks at the row at each request, the broker at each connect. An
   * open connection ends at once in this process, and in others when they next look at who may stay.
   *
   * @throws ControlPlaneError `device-not-found`, `device-retired`
   */
  async retire(caller: AdminCaller, device: string, why: string): Promise<void> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      if (!(await this.devices.retire(manager, fleet, device, why))) throw await this.already(fleet, device);
      await this.lifecycle.tell('retiring', manager, { fleet, device });
      await this.lifecycle.tell('ending', manager, { fleet, device });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'device.retire', subject: device },
        detail: { why },
      });
    });
    this.outbox.kick();
    this.lifecycle.ended(device);
    await this.accounts.shutOut(device);
    await this.retained.forget(fleet, device);
  }

  private async already(fleet: string, device: string): Promise<ControlPlaneError> {
    const { retired_at: at, retired_why: why } = await this.devices.get(fleet, device);
    const when = at === null ? '' : ` at ${at.toISOString()}`;
    return new ControlPlaneError('device-retired', `Device "${device}" was retired${when}: ${why ?? ''}`);
  }
}
