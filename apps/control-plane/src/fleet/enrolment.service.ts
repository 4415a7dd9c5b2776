import { Injectable } from '@nestjs/common';
import type { Enrolment, EnrolmentView } from '@hamon/contracts';
import { publicJwkOf, verifyEnrolmentProof } from '@hamon/trust';
import { DataSource, type EntityManager } from 'typeorm';
import type { DeviceCaller } from '../platform/http/caller.js';
import { tokenHash } from '../access/token-hash.js';
import { AuditService } from '../audit/audit.service.js';
import { BrokerAccounts } from './broker-accounts.js';
import { BrokerAddress } from '../messaging/broker-address.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { Device } from './device.entity.js';
import { DeviceLifecycle } from './device-lifecycle.js';
import { EnrolmentToken } from './enrolment-token.entity.js';
import { EnrolmentTurns } from './enrolment-turns.js';
import { HardwareReplacement } from './hardware-replacement.js';

/** A device gives up after 15 seconds: before that it is told to try again, and another gets its turn. */
const LOCK_WAIT_MS = 4_000;

type Admitted = Pick<Device, 'id' | 'fleet'> & { readonly replaced?: true };

/** A device's first call: a token lets it in, and its own key identifies it from then on. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly database: DataSource,
    private readonly manifestKey: ManifestKey,
    private readonly accounts: BrokerAccounts,
    private readonly address: BrokerAddress,
    private readonly audit: AuditService,
    private readonly lifecycle: DeviceLifecycle,
    private readonly replacement: HardwareReplacement,
    private readonly turns: EnrolmentTurns,
    private readonly clock: Clock,
  ) {}

  /**
   * The same key with the same token gets the same answer without another use: an answer may get lost. With another
   * valid token the device is told again what it has lost.
   */
  async enrol(enrolment: Enrolment): Promise<EnrolmentView> {
    const { token, publicKey, proof } = enrolment;
    const verified = await verifyEnrolmentProof(proof, publicKey, { token, now: this.clock.now() });
    if (!verified.ok) {
      throw new ControlPlaneError(
        'enrolment-proof-invalid',
        `The proof of the key is refused: ${verified.error.detail}.`,
      );
    }
    const device = await this.turns.inTurn(token, () =>
      this.database.transaction((manager) => this.admit(manager, enrolment, verified.value)),
    );
    // Outside of the turn: devices that enrol together share one write of an operator's broker's files.
    if (device.replaced) await this.replacement.cutFormer(device);
    const mqttPassword = await this.accounts.issue(device.id, verified.value);
    const view = this.own({ fleet: device.fleet, device: device.id });
    return mqttPassword === undefined ? view : { ...view, mqttPassword };
  }

  /** What an enrolled device needs to know, except its password. */
  own({ fleet, device }: Pick<DeviceCaller, 'fleet' | 'device'>): EnrolmentView {
    return {
      schema: 'hamon.enrolment/1',
      ...{ fleet, device },
      mqttUrl: this.address.urlForDevices(),
      manifestKey: this.manifestKey.publicJwk(),
    };
  }

  private async admit(manager: EntityManager, enrolment: Enrolment, thumbprint: string): Promise<Admitted> {
    await manager.query(`SET LOCAL lock_timeout = '${LOCK_WAIT_MS}ms'`);
    // Locked: its uses are counted down one by one.
    const token = await manager.findOne(EnrolmentToken, {
      where: { hash: tokenHash(enrolment.token) },
      lock: { mode: 'pessimistic_write' },
    });
    if (!token) throw new ControlPlaneError('enrolment-token-invalid', 'There is no such enrolment token.');
    if (token.revokedAt !== null) {
      throw new ControlPlaneError('enrolment-token-invalid', 'The enrolment token was revoked.');
    }
    const known = await manager.findOne(Device, {
      where: { thumbprint },
      // Not `pessimistic_write`: a rollout that holds this device's desired state may refer to its row meanwhile.
      lock: { mode: 'for_no_key_update' },
    });
    // In this order: a concurrent take-over of the device holds its row until the former key is on record.
    if (known) refuseStranger(known, token, enrolment);
    else await this.replacement.refuseFormerKey(manager, thumbprint);
    if (known?.enrolmentToken === token.id) {
      // Its own token again: the answer was lost, or the control plane has another key since.
      await this.lifecycle.tell('pinned', manager, { fleet: known.fleet, device: known.id });
      return known;
    }
    if (token.expiresAt <= this.clock.now()) {
      throw new ControlPlaneError('enrolment-token-invalid', 'The enrolment token has expired.');
    }
    if (token.usesLeft === 0) {
      throw new ControlPlaneError('enrolment-token-invalid', 'The enrolment token has no uses left.');
    }
    await manager.decrement(EnrolmentToken, { id: token.id }, 'usesLeft', 1);
    if (known) return this.renew(manager, known, enrolment, token);
    if (token.replaces === null) return this.store(manager, enrolment, thumbprint, token);
    return { ...(await this.replacement.takeOver(manager, enrolment, thumbprint, token)), replaced: true };
  }

  /** The same device under a fresh token: it keeps its id, its labels and its history. */
  private async renew(
    manager: EntityManager,
    known: Device,
    { facts }: Enrolment,
    { id: enrolmentToken }: EnrolmentToken,
  ): Promise<Pick<Device, 'id' | 'fleet'>> {
    const { id, fleet, thumbprint } = known;
    await manager.update(Device, { id }, { enrolmentToken, facts });
    await this.lifecycle.tell('pinned', manager, { fleet, device: id });
    await this.audit.record(manager, {
      fleet,
      actor: `device:${id}`,
      action: 'device.renew',
      subject: id,
      detail: { enrolmentToken, thumbprint },
    });
    return known;
  }

  private async store(
    manager: EntityManager,
    { publicKey, facts, device }: Enrolment,
    thumbprint: string,
    { id: enrolmentToken, fleet, labels }: EnrolmentToken,
  ): Promise<Pick<Device, 'id' | 'fleet'>> {
    const id = device ?? nameOf(thumbprint);
    this.accounts.refuseOwnName(id);
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Device)
      .values({ id, fleet, thumbprint, enrolmentToken, labels, facts, publicKey: publicJwkOf(publicKey) })
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      throw new ControlPlaneError(
        'device-exists',
        `There is a device "${id}" with another key already; new hardware takes its place with a token of its own (hamon enrol-token create --replace ${id}).`,
      );
    }
    await this.audit.record(manager, {
      fleet,
      actor: `device:${id}`,
      action: 'device.enrol',
      subject: id,
      detail: { enrolmentToken, thumbprint },
    });
    return { id, fleet };
  }
}

function refuseStranger(known: Device, token: EnrolmentToken, { device }: Enrolment): void {
  const refuse = (why: string): never => {
    throw new ControlPlaneError('device-exists', why);
  };
  if (known.fleet !== token.fleet) refuse('This key belongs to a device of another fleet.');
  if (known.retiredAt !== null) {
    refuse(`The device "${known.id}" of this key was retired; a new enrolment needs a new key.`);
  }
  if (token.replaces !== null && token.replaces !== known.id) {
    refuse(
      `This key belongs to the device "${known.id}"; new hardware for "${token.replaces}" needs a new key.`,
    );
  }
  if (device !== undefined && device !== known.id) {
    refuse(`This key belongs to the device "${known.id}"; another name needs a new key.`);
  }
}

/** Of the key itself, so that the same device gets the same name wherever it asks. */
const nameOf = (thumbprint: string): string =>
  `device-${Buffer.from(thumbprint, 'base64url').toString('hex').slice(0, 16)}`;
