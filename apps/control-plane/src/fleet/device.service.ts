import { Injectable } from '@nestjs/common';
import {
  DeviceLabels,
  type DeviceView,
  type ListQuery,
  type Page,
  type PatchDevice,
  type Selector,
} from '@hamon/contracts';
import { DataSource } from 'typeorm';
import type { AdminCaller } from '../platform/http/caller.js';
import { actorOf } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { Device } from './device.entity.js';
import { DeviceStore, type DeviceRow } from './device.store.js';
import { viewOfDevice } from './device.view.js';
import { refuseReservedLabels } from './reserved-labels.js';

@Injectable()
export class DeviceService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DeviceStore,
    private readonly audit: AuditService,
    private readonly key: ManifestKey,
  ) {}

  async get(fleet: string, id: string): Promise<DeviceView> {
    return viewOfDevice(await this.devices.get(fleet, id), await this.key.id());
  }

  /** Retired ones only where the selector speaks of them. */
  async list(fleet: string, query: ListQuery): Promise<Page<DeviceView>> {
    const serverKeyId = await this.key.id();
    const view = (row: DeviceRow): DeviceView => viewOfDevice(row, serverKeyId);
    return this.devices.list(fleet, query, view, { serverKeyId, refine: presentUnlessAsked });
  }

  /** Sets and removes labels; those not named stay. */
  async label(caller: AdminCaller, id: string, { labels: changes }: PatchDevice): Promise<DeviceView> {
    refuseReservedLabels(changes);
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      const device = await manager.findOne(Device, {
        where: { fleet, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!device) throw new ControlPlaneError('device-not-found', `There is no device "${id}".`);
      await manager.update(Device, { fleet, id }, { labels: changed(device.labels, changes) });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'device.label',
        subject: id,
        detail: { labels: changes },
      });
    });
    return this.get(fleet, id);
  }
}

const presentUnlessAsked = (selector: Selector): Selector =>
  selector.some(({ key }) => key === 'retired')
    ? selector
    : [...selector, { kind: 'has', key: 'retired', negated: true }];

function changed(labels: DeviceLabels, changes: PatchDevice['labels']): DeviceLabels {
  const merged = Object.entries({ ...labels, ...changes }).filter(([, value]) => value !== null);
  const parsed = DeviceLabels.safeParse(Object.fromEntries(merged));
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? 'not valid';
  throw new ControlPlaneError('invalid-request', `labels: ${rule}`, { errors: [{ field: 'labels', rule }] });
}
