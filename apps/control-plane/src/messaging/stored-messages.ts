import { Injectable } from '@nestjs/common';

type Listener = (devices: readonly string[]) => void;

/** Tells that something of devices was stored. */
@Injectable()
export class StoredMessages {
  private readonly listeners: Listener[] = [];

  onStored(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(devices: readonly string[]): void {
    for (const listener of this.listeners) listener(devices);
  }
}
