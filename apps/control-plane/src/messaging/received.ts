import type { MessageOf, ToServerName } from '@hamon/contracts';

/** Messages that devices send to the control plane. */
export type Incoming = ToServerName;

/** A decoded message with the fleet and device that its topic names. */
export interface Received<N extends Incoming> {
  readonly fleet: string;
  readonly device: string;
  readonly message: MessageOf<N>;
  /** The broker had kept it: the device sent it at an unknown time. */
  readonly retained: boolean;
}
