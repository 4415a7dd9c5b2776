import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '@hamon/contracts';
import { must } from '../platform/errors.js';

/** A key that opens the API for a device, or did. */
export interface DeviceKey {
  readonly fleet: string;
  readonly publicKey: PublicJwk;
  /** When the device was retired, or other hardware took its place; null while the key is good. */
  readonly endedAt: Date | null;
}

export interface DeviceKeySource {
  /** Of the hardware that has the device's id now. */
  current(device: string): Promise<DeviceKey | undefined>;
  /** Of hardware that was replaced, newest first. */
  former(device: string, limit: number): Promise<DeviceKey[]>;
}

/** Where devices' keys are looked up. The capability that owns the devices says so before the application starts. */
@Injectable()
export class DeviceKeys implements DeviceKeySource {
  private source: DeviceKeySource | undefined;

  readFrom(source: DeviceKeySource): void {
    this.source = source;
  }

  current(device: string): Promise<DeviceKey | undefined> {
    return must(this.source, 'a source of device keys').current(device);
  }

  former(device: string, limit: number): Promise<DeviceKey[]> {
    return must(this.source, 'a source of device keys').former(device, limit);
  }
}
