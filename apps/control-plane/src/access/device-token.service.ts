import { Injectable } from '@nestjs/common';
import { apiAudience } from '@hamon/contracts';
import { claimedDevice, verifyDeviceToken } from '@hamon/trust';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { DeviceCaller } from '../platform/http/caller.js';
import { DeviceKeys, type DeviceKey } from './device-keys.js';

/** A device may have been replaced more often; its newest former keys are told why they open nothing. */
const FORMER_KEYS = 5;

/** A device's short-lived JWT, signed by the key that it enrolled with. Looked up with each request: nothing outlives a retirement. */
@Injectable()
export class DeviceTokenService {
  constructor(
    private readonly keys: DeviceKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws ControlPlaneError `device-shut-out` where it is signed by the key of a device that was retired, or of hardware
   * that was replaced; only those are told so
   */
  async find(token: string): Promise<DeviceCaller | undefined> {
    const device = claimedDevice(token);
    if (device === undefined) return undefined;
    const current = await this.keys.current(device);
    if (!current) return undefined;
    if (await this.isSigned(token, device, current)) {
      const { fleet, endedAt } = current;
      if (endedAt === null) return { kind: 'device', fleet, device };
      throw shutOut(`this device was retired at ${endedAt.toISOString()}; its key is refused for good`);
    }
    for (const former of await this.keys.former(device, FORMER_KEYS)) {
      if (!(await this.isSigned(token, device, former))) continue;
      const since = former.endedAt?.toISOString() ?? '';
      throw shutOut(`other hardware answers for "${device}" since ${since}; this key is refused for good`);
    }
    return undefined;
  }

  private async isSigned(token: string, device: string, key: DeviceKey): Promise<boolean> {
    const expected = { device, audience: apiAudience(key.fleet), now: this.clock.now() };
    return (await verifyDeviceToken(token, key.publicKey, expected)).ok;
  }
}

const shutOut = (why: string): ControlPlaneError => new ControlPlaneError('device-shut-out', why);
