import { deviceTopic, MESSAGES } from '@hamon/contracts';
import type { MqttConnection } from './mqtt-connection.js';
import type { Outbox } from './outbox.js';

/** Sends the outbox's records one after the other while there is a connection; each leaves it only when confirmed. */
export class OutboxSender {
  private sending: Promise<void> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly connection: Pick<MqttConnection, 'isConnected' | 'publish'>,
    private readonly fleet: string,
    private readonly device: string,
  ) {}

  /** Goes on where it was; settles when everything is sent or the connection is lost. */
  kick(): Promise<void> {
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async send(): Promise<void> {
    while (this.connection.isConnected) {
      const record = await this.outbox.peek();
      if (!record) return;
      const { qos, retain } = MESSAGES[record.kind];
      try {
        await this.connection.publish(deviceTopic(record.kind, this.fleet, this.device), record.bytes, {
          qos,
          retain,
        });
      } catch {
        // The connection is lost; the next one kicks again.
        return;
      }
      await this.outbox.remove(record.name);
    }
  }
}
