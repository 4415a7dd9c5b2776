import { deviceTopic, MESSAGES } from '@hamon/contracts';
import type { MqttConnection } from './mqtt-connection.js';
import type { Outbox, OutboxRecord } from './outbox.js';

/**
 * Each connection carried the device's presence before a record was sent. A record that broke this many of them in a row,
 * with growing pauses, is one that the broker does not take: everything behind it would wait for ever.
 */
const MAX_ATTEMPTS = 8;

/** Sends the outbox's records one after the other while there is a connection; each leaves it only when confirmed. */
export class OutboxSender {
  private isSending = false;
  private isKicked = false;
  private sending: Promise<void> = Promise.resolve();
  private failed = { name: '', attempts: 0 };

  constructor(
    private readonly outbox: Pick<Outbox, 'peek' | 'remove' | 'drop'>,
    private readonly connection: Pick<MqttConnection, 'isConnected' | 'publish'>,
    private readonly fleet: string,
    private readonly device: string,
  ) {}

  /** Goes on where it was; settles when everything is sent or the connection is lost. */
  kick(): Promise<void> {
    this.isKicked = true;
    if (!this.isSending) this.sending = this.send();
    return this.sending;
  }

  private async send(): Promise<void> {
    this.isSending = true;
    try {
      // A record that was added between the last look and the end of the loop found it still running.
      while (this.isKicked) {
        this.isKicked = false;
        await this.sendAll();
      }
    } finally {
      this.isSending = false;
    }
  }

  private async sendAll(): Promise<void> {
    while (this.connection.isConnected) {
      const record = await this.outbox.peek();
      if (!record || !this.connection.isConnected) return;
      try {
        await this.publish(record);
      } catch {
        await this.noteFailure(record.name);
        // The connection is lost; the next one starts this again.
        return;
      }
      await this.outbox.remove(record.name);
    }
  }

  private publish({ kind, bytes }: OutboxRecord): Promise<void> {
    const { qos, retain } = MESSAGES[kind];
    return this.connection.publish(deviceTopic(kind, this.fleet, this.device), bytes, { qos, retain });
  }

  private async noteFailure(name: string): Promise<void> {
    // Not confirmed in time, by a broker that is still there: it is slow, and would be so with any other record.
    if (this.connection.isConnected) return;
    const attempts = this.failed.name === name ? this.failed.attempts + 1 : 1;
    this.failed = { name, attempts };
    if (attempts >= MAX_ATTEMPTS) await this.outbox.drop(name);
  }
}
