import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { SampleKeeper } from './sample-keeper.js';
import { SampleStores } from './sample-stores.js';
import { noSample } from './sample.store.js';

/** Deletes a sample before its time. The device's own copy is the device's. */
@Injectable()
export class SampleDeletion {
  constructor(
    private readonly database: DataSource,
    private readonly stores: SampleStores,
    private readonly keeper: SampleKeeper,
    private readonly audit: AuditService,
  ) {}

  /** @throws ControlPlaneError `sample-not-found` */
  async delete(caller: AdminCaller, id: string, why: string): Promise<void> {
    const { fleet } = caller;
    const gone = await this.database.transaction(async (manager) => {
      const deleted = await this.stores.samples.delete(manager, fleet, id);
      if (!deleted) throw noSample(id);
      const { charged, device, sha256 } = deleted;
      await this.stores.budgets.giveBack(manager, fleet, 1, charged);
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'sample.delete', subject: id },
        detail: { why, device, sha256 },
      });
      return deleted;
    });
    await this.keeper.removeUnused(fleet, gone.sha256);
  }
}
