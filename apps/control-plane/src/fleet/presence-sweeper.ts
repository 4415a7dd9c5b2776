import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { Inbox } from '../messaging/inbox.js';
import { StoredMessages } from '../messaging/stored-messages.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { PresenceStore, SILENT_SECONDS } from './presence.store.js';

/** An agent waits half a minute at most before it tries to connect again, and a big fleet reconnects in waves. */
const GRACE_MS = 60_000;
const SILENCE_LOOK_MS = 60_000;

/**
 * Marks devices that vanished unnoticed as offline. Only the broker keeps a last will: the embedded one ends with
 * this process, another one may lose its store. After that, connected devices announce themselves again; after any
 * other restart, retained messages do. A device that has not within the grace is gone, and no rollout must wait for it.
 *
 * A broker that crashed may keep the `online` message and lose the will: a device that is silent for long while this
 * process listened is gone as well.
 */
@Injectable()
export class PresenceSweeper implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private periodic: Periodic | undefined;
  private connectedAtMs = Infinity;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly presence: PresenceStore,
    private readonly stored: StoredMessages,
    private readonly inbox: Inbox,
    private readonly log: Log,
  ) {
    connection.onConnect(() => this.sweepLater());
  }

  onModuleInit(): void {
    this.inbox.handle('presence', { store: (items) => this.presence.store(items) });
  }

  onApplicationBootstrap(): void {
    const look = (): Promise<void> => this.forgetSilent();
    this.periodic = startPeriodic('looking for silent devices', SILENCE_LOOK_MS, look, this.log);
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    await this.periodic?.stop();
  }

  private sweepLater(): void {
    const connectedAtMs = performance.now();
    this.connectedAtMs = connectedAtMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const sinceSeconds = (performance.now() - connectedAtMs) / 1000;
      this.sweep(sinceSeconds).catch((cause: unknown) => {
        this.log.error('devices that vanished could not be looked for', cause);
      });
    }, GRACE_MS).unref();
  }

  private async sweep(sinceSeconds: number): Promise<void> {
    this.tell(await this.presence.forgetUnseen(sinceSeconds), 'devices vanished while the broker was away');
  }

  private async forgetSilent(): Promise<void> {
    const listenedMs = performance.now() - this.connectedAtMs;
    if (!this.connection.ready || listenedMs < SILENT_SECONDS * 1000) return;
    this.tell(await this.presence.forgetSilent(), 'devices fell silent without a will');
  }

  private tell(gone: readonly string[], what: string): void {
    if (gone.length === 0) return;
    this.log.info(what, { devices: gone.length });
    this.stored.tell(gone);
  }
}
