import { Injectable } from '@nestjs/common';
import type { Enrolment } from '@hamon/contracts';
import { publicJwkOf } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { BrokerAccounts } from './broker-accounts.js';
import { Outbox } from '../messaging/outbox.js';
import { RetainedReports } from '../messaging/retained-reports.js';
import { ControlPlaneError, must } from '../platform/errors.js';
import { DeviceLifecycle } from './device-lifecycle.js';
import { DeviceReportStore } from './device-report.store.js';
import { Device } from './device.entity.js';
import type { EnrolmentToken } from './enrolment-token.entity.js';

/** Hands a device's id, labels and history to new hardware, also where the device was retired. */
@Injectable()
export class HardwareReplacement {
  constructor(
    private readonly lifecycle: DeviceLifecycle,
    private readonly reports: DeviceReportStore,
    private readonly accounts: BrokerAccounts,
    private readonly retained: RetainedReports,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /** @throws ControlPlaneError `device-exists` for a key of hardware that was replaced */
  async refuseFormerKey(manager: EntityManager, thumbprint: string): Promise<void> {
    const [former] = await manager.query<{ device: string }[]>(
      `SELECT device FROM former_device_keys WHERE thumbprint = $1`,
      [thumbprint],
    );
    if (!former) return;
    throw new ControlPlaneError(
      'device-exists',
      `This key was the device "${former.device}" until other hardware took its place; a new enrolment needs a new key.`,
    );
  }

  /**
   * From the commit on the former key is refused for good. The former hardware's reports say nothing about the new one;
   * the desired state is signed again for it.
   */
  async takeOver(
    manager: EntityManager,
    { publicKey, facts, device: wanted }: Enrolment,
    thumbprint: string,
    { id: enrolmentToken, fleet, replaces }: EnrolmentToken,
  ): Promise<Pick<Device, 'id' | 'fleet'>> {
    const id = must(replaces, 'a device that the token replaces');
    if (wanted !== undefined && wanted !== id) {
      const errors = [
        { field: 'device', rule: `must be "${id}", or left out: the token is for this device` },
      ];
      throw new ControlPlaneError('invalid-request', `device: ${errors[0]?.rule ?? ''}`, { errors });
    }
    const where = { id, fleet };
    const lock = { mode: 'for_no_key_update' } as const;
    const former = must(await manager.findOne(Device, { where, lock }), `device ${id}`);
    // First: for a retired device nothing is signed.
    await manager.query(`UPDATE devices SET retired_at = NULL, retired_why = NULL WHERE id = $1`, [id]);
    await this.lifecycle.tell('replacing', manager, { fleet, device: id });
    await manager.query(
      `INSERT INTO former_device_keys (thumbprint, fleet, device, public_key) VALUES ($1, $2, $3, $4)`,
      [former.thumbprint, fleet, id, JSON.stringify(former.publicKey)],
    );
    await manager.query(
      `UPDATE devices SET public_key = $2, thumbprint = $3, enrolment_token = $4, facts = $5, replaced_at = now(),
              online = false, online_since = NULL, connection = NULL,
              last_seen_at = NULL, heard_at = NULL, reported = NULL, max_models = NULL, health = NULL, mqtt_password_hash = NULL
       WHERE id = $1`,
      [id, JSON.stringify(publicJwkOf(publicKey)), thumbprint, enrolmentToken, JSON.stringify(facts)],
    );
    await this.reports.forget(manager, id);
    await this.lifecycle.tell('ending', manager, { fleet, device: id });
    await this.audit.record(manager, {
      ...{ fleet, actor: `device:${id}`, action: 'device.replace', subject: id },
      detail: {
        ...{ enrolmentToken, thumbprint, formerThumbprint: former.thumbprint },
        wasRetired: former.retiredAt !== null,
      },
    });
    return { id, fleet };
  }

  /** After the take-over is committed: ends the former hardware's connection, and prepares what the new one lacks. */
  async cutFormer({ id, fleet }: Pick<Device, 'id' | 'fleet'>): Promise<void> {
    this.outbox.kick();
    this.lifecycle.ended(id);
    await this.accounts.shutOut(id);
    await this.retained.forget(fleet, id);
  }
}
