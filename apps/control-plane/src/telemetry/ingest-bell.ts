import { Injectable } from '@nestjs/common';

type Listener = (devices: readonly string[]) => void;

/** Rings when something of these devices was stored. */
@Injectable()
export class IngestBell {
  private readonly listeners: Listener[] = [];

  onRing(listener: Listener): void {
    this.listeners.push(listener);
  }

  ring(devices: readonly string[]): void {
    for (const listener of this.listeners) listener(devices);
  }
}
