import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Hardware that answers no more for a device: the device was retired, or other hardware has taken its id. */
export interface DeviceEnding {
  readonly fleet: string;
  readonly device: string;
}

type OnEnding = (manager: EntityManager, ending: DeviceEnding) => Promise<void>;

/** What else ends with a device's hardware, in the same transaction: rooms above say so here. */
@Injectable()
export class DeviceEndings {
  private readonly listeners: OnEnding[] = [];
  private readonly after: ((device: string) => void)[] = [];

  /** Called with the device's row locked. Before the application starts. */
  onEnding(listener: OnEnding): void {
    this.listeners.push(listener);
  }

  /** Called once it is committed; who comes too late finds out at the next look. */
  onEnded(listener: (device: string) => void): void {
    this.after.push(listener);
  }

  ended(device: string): void {
    for (const listener of this.after) listener(device);
  }

  async end(manager: EntityManager, ending: DeviceEnding): Promise<void> {
    for (const listener of this.listeners) await listener(manager, ending);
  }
}
