/**
 * What a device does when it has nothing better to do: it waits until no deployment is under way, runs in the moments
 * between frames, and makes way as soon as something else is due.
 */
export interface IdleWork {
  start(): void;
  /** The device's own work changed: something may be due, or over. */
  wake(): void;
  /** Memory that comes free as soon as it makes way. */
  readonly heldMb: number;
  /** Rejects where it met a bug; settles after `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}
