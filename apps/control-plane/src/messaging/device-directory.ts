import { Injectable } from '@nestjs/common';
import type { PublicJwk } from '@hamon/contracts';

/** A device as the broker needs to know it. */
export interface KnownDevice {
  readonly fleet: string;
  readonly publicKey: PublicJwk;
}

/** A connected device, and the key that let it in (`x` of its JWK). */
export interface ConnectedDevice {
  readonly device: string;
  readonly key: string;
}

/** Where a broker looks up who may connect. */
export interface DeviceDirectory {
  /** The device, undefined where it is unknown or retired. */
  find(device: string): Promise<KnownDevice | undefined>;
  /** Which of the given devices may no longer be connected, or not by that key. */
  barred(devices: readonly ConnectedDevice[]): Promise<readonly string[]>;
}

/**
 * The devices that may connect. The capability that owns them registers the source before the application starts; the
 * broker may ask before that, and waits.
 */
@Injectable()
export class ConnectableDevices implements DeviceDirectory {
  readonly readFrom: (directory: DeviceDirectory) => void;
  private readonly directory: Promise<DeviceDirectory>;

  constructor() {
    let readFrom: (directory: DeviceDirectory) => void = () => undefined;
    this.directory = new Promise((resolve) => (readFrom = resolve));
    this.readFrom = readFrom;
  }

  async find(device: string): Promise<KnownDevice | undefined> {
    return (await this.directory).find(device);
  }

  async barred(devices: readonly ConnectedDevice[]): Promise<readonly string[]> {
    return (await this.directory).barred(devices);
  }
}
