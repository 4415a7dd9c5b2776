import { Injectable } from '@nestjs/common';
import { apiAudience, type PublicJwk } from '@hamon/contracts';
import { claimedDevice, verifyDeviceToken } from '@hamon/trust';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { DeviceCaller } from './caller.js';

interface KnownKey {
  readonly fleet: string;
  readonly public_key: PublicJwk;
  readonly ended_at: Date | null;
}

/** A device may have been replaced more often; its newest former keys are told why they open nothing. */
const FORMER_KEYS = 5;

/** A device's short-lived JWT, signed by the key that it enrolled with. Looked up with each request: nothing outlives a retirement. */
@Injectable()
export class DeviceTokenService {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws ControlPlaneError `device-shut-out` where it is signed by the key of a device that was retired, or of hardware
   * that was replaced: nobody else is told so
   */
  async find(token: string): Promise<DeviceCaller | undefined> {
    const device = claimedDevice(token);
    if (device === undefined) return undefined;
    const [row] = await this.database.query<KnownKey[]>(
      'SELECT fleet, public_key, retired_at AS ended_at FROM devices WHERE id = $1',
      [device],
    );
    if (!row) return undefined;
    if (await this.isSigned(token, device, row)) {
      if (row.ended_at === null) return { kind: 'device', fleet: row.fleet, device };
      throw shutOut(`this device was retired at ${row.ended_at.toISOString()}; its key is refused for good`);
    }
    for (const former of await this.formerKeys(device)) {
      if (!(await this.isSigned(token, device, former))) continue;
      const since = former.ended_at?.toISOString() ?? '';
      throw shutOut(`other hardware answers for "${device}" since ${since}; this key is refused for good`);
    }
    return undefined;
  }

  private async isSigned(token: string, device: string, key: KnownKey): Promise<boolean> {
    const expected = { device, audience: apiAudience(key.fleet), now: this.clock.now() };
    return (await verifyDeviceToken(token, key.public_key, expected)).ok;
  }

  private formerKeys(device: string): Promise<KnownKey[]> {
    return this.database.query(
      `SELECT fleet, public_key, replaced_at AS ended_at FROM former_device_keys
       WHERE device = $1 ORDER BY replaced_at DESC LIMIT ${FORMER_KEYS}`,
      [device],
    );
  }
}

const shutOut = (why: string): ControlPlaneError => new ControlPlaneError('device-shut-out', why);
