import { Injectable } from '@nestjs/common';
import { apiAudience, type PublicJwk } from '@hamon/contracts';
import { claimedDevice, verifyDeviceToken } from '@hamon/trust';
import { DataSource } from 'typeorm';
import type { DeviceCaller } from './caller.js';

/** A device's short-lived JWT, signed by the key that it enrolled with. */
@Injectable()
export class DeviceTokenService {
  constructor(private readonly database: DataSource) {}

  async find(token: string): Promise<DeviceCaller | undefined> {
    const device = claimedDevice(token);
    if (device === undefined) return undefined;
    const [row] = await this.database.query<{ fleet: string; public_key: PublicJwk }[]>(
      'SELECT fleet, public_key FROM devices WHERE id = $1 AND retired_at IS NULL',
      [device],
    );
    if (!row) return undefined;
    const expected = { device, audience: apiAudience(row.fleet), now: new Date() };
    const verified = await verifyDeviceToken(token, row.public_key, expected);
    return verified.ok ? { kind: 'device', fleet: row.fleet, device } : undefined;
  }
}
