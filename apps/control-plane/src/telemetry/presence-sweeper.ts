import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { Log } from '../platform/log.js';
import { IngestBell } from './ingest-bell.js';
import { PresenceStore } from './presence.store.js';

/** An agent waits half a minute at most before it tries to connect again, and a big fleet comes back in waves. */
const GRACE_MS = 60_000;

/**
 * Takes devices that vanished unnoticed for offline. A last will is kept by the broker alone: the embedded one ends with
 * this process, another one may lose its store. Who is connected says so anew after such an end, and retained messages
 * say so after any other; whoever has not within the grace is gone, and no rollout must wait for it.
 */
@Injectable()
export class PresenceSweeper implements OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    connection: BrokerConnection,
    private readonly presence: PresenceStore,
    private readonly bell: IngestBell,
    private readonly log: Log,
  ) {
    connection.onConnect(() => this.#sweepLater());
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
  }

  #sweepLater(): void {
    const connectedAtMs = performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const sinceSeconds = (performance.now() - connectedAtMs) / 1000;
      this.#sweep(sinceSeconds).catch((cause: unknown) => {
        this.log.error('devices that vanished could not be looked for', cause);
      });
    }, GRACE_MS).unref();
  }

  async #sweep(sinceSeconds: number): Promise<void> {
    const vanished = await this.presence.forgetUnseen(sinceSeconds);
    if (vanished.length === 0) return;
    this.log.info('devices vanished while the broker was away', { devices: vanished.length });
    this.bell.ring(vanished);
  }
}
