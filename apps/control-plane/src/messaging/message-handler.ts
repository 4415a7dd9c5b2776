import type { Incoming, Received } from './received.js';

/** A decoded message before it is taken, and the length of its payload in bytes. */
export interface Offered<N extends Incoming> {
  readonly device: string;
  readonly message: Received<N>['message'];
  readonly lengthBytes: number;
}

/** Why a message is not taken, and the name under which that is counted. */
export interface Refusal {
  readonly what: string;
  readonly detail: string;
}

/** What a capability does with one kind of message. */
export interface MessageHandler<N extends Incoming> {
  /** Stores all items, which are of one fleet, or none. */
  readonly store: (items: readonly Received<N>[]) => Promise<void>;
  /** Asked before anything is kept; undefined where the message may be kept. */
  readonly refuse?: (offered: Offered<N>) => Refusal | undefined;
}
