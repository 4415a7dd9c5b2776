import type { PublicJwk } from '@hamon/contracts';

/** A device as the broker needs to know it. */
export interface KnownDevice {
  readonly fleet: string;
  readonly publicKey: PublicJwk;
}

/** A device that is connected, with the key that let it in (`x` of its JWK). */
export interface ConnectedDevice {
  readonly device: string;
  readonly key: string;
}

/** Where a broker looks up who may connect. */
export interface DeviceDirectory {
  /** The device, undefined where it is unknown or retired. */
  find(device: string): Promise<KnownDevice | undefined>;
  /** Those of the given devices that may no longer be connected, or not by that key. */
  barred(devices: readonly ConnectedDevice[]): Promise<readonly string[]>;
}
