import type { DeviceMessageName, MessageOf } from '@hamon/contracts';

/** Messages that devices send. */
export type Incoming = Exclude<DeviceMessageName, 'desired'>;

/** A decoded message with the fleet and device that its topic names. */
export interface Received<N extends Incoming> {
  readonly fleet: string;
  readonly device: string;
  readonly message: MessageOf<N>;
}
