import { Injectable } from '@nestjs/common';
import type { DeviceModelView, UnassignModel } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { DeviceStore } from '../fleet/device.store.js';
import { Outbox } from '../messaging/outbox.js';
import { ControlPlaneError } from '../platform/errors.js';
import { DesiredEndings } from '../trust/desired-endings.js';
import { deviceBusy } from './cohort-selection.js';
import { CohortStore } from './cohort.store.js';

/** Takes a model from a device: no version of it is wanted there, and the device is ordered to remove it. */
@Injectable()
export class Unassignment {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DeviceStore,
    private readonly cohorts: CohortStore,
    private readonly desired: DesiredEndings,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /**
   * A device whose agent does not understand the order goes on with what it runs, until another model takes its place.
   *
   * @throws ControlPlaneError `device-not-found`, `device-retired`, `device-busy`, `model-not-assigned`
   */
  async unassign(caller: AdminCaller, device: string, { model, why }: UnassignModel): Promise<void> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      // In turn with starts of rollouts: one that begins now could find the device free or busy.
      await this.cohorts.lockStarts(manager, fleet);
      const { models, retired_at: retiredAt } = await this.devices.get(fleet, device, manager);
      if (retiredAt) throw new ControlPlaneError('device-retired', `Device "${device}" is retired.`);
      // A rollout that has just begun has not told the device of the model yet.
      const busy = await this.cohorts.busy(manager, [device], model);
      if (busy) throw deviceBusy(busy);
      if (!models.some((one) => one.model === model && isHad(one))) throw notAssigned(device, model, models);
      const isOrdered = await this.desired.unassign(manager, fleet, { device, model });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'device.unassign', subject: device },
        detail: { model, why, ordered: isOrdered },
      });
    });
    this.outbox.kick();
  }
}

/**
 * Also one of which it only gave up or dropped an update: that counts in its health until it is removed. A rejected manifest
 * alone is no model that can be taken.
 */
const isHad = ({ current, previous, candidate, desired, deployment }: DeviceModelView): boolean =>
  [current, previous, candidate, desired, deployment].some((one) => one !== null);

function notAssigned(device: string, model: string, models: readonly DeviceModelView[]): ControlPlaneError {
  const names = models.filter(isHad).map((one) => one.model);
  const has = names.length === 0 ? 'it has no model' : `it has ${names.join(', ')}`;
  return new ControlPlaneError('model-not-assigned', `Device "${device}" has no "${model}": ${has}.`);
}
