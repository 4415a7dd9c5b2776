import type { PublicJwk } from '@hamon/contracts';

/** A device as the broker needs to know it. */
export interface KnownDevice {
  readonly fleet: string;
  readonly publicKey: PublicJwk;
}

/** Where a broker looks up who may connect. */
export interface DeviceDirectory {
  /** The device, undefined where it is unknown or retired. */
  find(device: string): Promise<KnownDevice | undefined>;
  /** Those of the given devices that may no longer be connected. */
  barred(devices: readonly string[]): Promise<readonly string[]>;
}
