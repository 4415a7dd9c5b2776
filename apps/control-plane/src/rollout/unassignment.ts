import { Injectable } from '@nestjs/common';
import type { UnassignModel } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { DeviceStore } from '../fleet/device.store.js';
import { Outbox } from '../messaging/outbox.js';
import { ControlPlaneError } from '../platform/errors.js';
import { DesiredStateService } from '../trust/desired-state.service.js';
import { deviceBusy } from './cohort-selection.js';
import { CohortStore } from './cohort.store.js';

/** Takes a model from a device: no version of it is wanted there, and another model may take its place. */
@Injectable()
export class Unassignment {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DeviceStore,
    private readonly cohorts: CohortStore,
    private readonly desired: DesiredStateService,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /**
   * The device goes on with what it runs: a device with a verified model never ends without one.
   *
   * @throws ControlPlaneError `device-not-found`, `device-retired`, `device-busy`, `model-not-assigned`
   */
  async unassign(caller: AdminCaller, device: string, { model, why }: UnassignModel): Promise<void> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      // In turn with starts of rollouts: one that begins now could find the device free or busy.
      await this.cohorts.lockStarts(manager, fleet);
      const found = await this.devices.get(fleet, device, manager);
      const { current, desired, retired_at: retiredAt } = found;
      if (retiredAt) throw new ControlPlaneError('device-retired', `Device "${device}" is retired.`);
      const models = [...new Set([current, desired].flatMap((one) => one?.model ?? []))];
      if (!models.includes(model)) {
        const has = models.length === 0 ? 'it has no model' : `it has ${models.join(', ')}`;
        throw new ControlPlaneError('model-not-assigned', `Device "${device}" has no "${model}": ${has}.`);
      }
      const busy = await this.cohorts.busy(manager, [device]);
      if (busy) throw deviceBusy(busy);
      // By an order: a device that is offline and has not switched would find nothing, and switch with nobody watching.
      if (desired?.model === model) await this.desired.callOff(manager, fleet, [device]);
      if (current?.model === model) await this.desired.markUnassigned(manager, fleet, device, model);
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'device.unassign', subject: device },
        detail: { model, why },
      });
    });
    this.outbox.kick();
  }
}
