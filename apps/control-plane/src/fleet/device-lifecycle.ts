import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface DeviceOfFleet {
  readonly fleet: string;
  readonly device: string;
}

type InTransaction = (manager: EntityManager, device: DeviceOfFleet) => Promise<void>;

/** What a capability above does when a device's life changes. The device's row is locked in each of the transactions. */
export interface DeviceListener {
  /** It is retired. */
  readonly retiring?: InTransaction;
  /** New hardware takes its id, and its former report is still stored. */
  readonly replacing?: InTransaction;
  /** It enrolled once more, and pinned the current manifest key. */
  readonly pinned?: InTransaction;
  /** Its hardware is gone: it was retired or replaced. */
  readonly ending?: InTransaction;
  /** The end is committed; a capability that missed the call finds out at its next look. */
  readonly ended?: (device: string) => void;
}

/** Tells the capabilities above what becomes of devices, in the transaction in which it happens. */
@Injectable()
export class DeviceLifecycle {
  private readonly listeners: DeviceListener[] = [];

  /** Before the application starts. */
  follow(listener: DeviceListener): void {
    this.listeners.push(listener);
  }

  async tell(
    what: Exclude<keyof DeviceListener, 'ended'>,
    manager: EntityManager,
    device: DeviceOfFleet,
  ): Promise<void> {
    for (const listener of this.listeners) await listener[what]?.(manager, device);
  }

  ended(device: string): void {
    for (const listener of this.listeners) listener.ended?.(device);
  }
}
