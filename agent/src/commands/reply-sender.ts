import { setTimeout as delay } from 'node:timers/promises';
import { deviceTopic, encodeMessage, isFinalReply, MESSAGES, type DeviceReply } from '@hamon/contracts';
import type { MqttConnection } from '../adapters/mqtt-connection.js';

export interface ReplySources {
  readonly fleet: string;
  readonly device: string;
  readonly connection: Pick<MqttConnection, 'isConnected' | 'publish'>;
}

/** Work that goes on for a while. */
export interface StandingWork {
  /** How far the newest work is, or how it ended. */
  readonly standing: () => DeviceReply | null;
  /** The broker has the standing reply, which is a final one. */
  readonly onTold: (id: string) => void;
}

/** At most two replies a second; the last one of a burst is always sent. */
const MIN_GAP_MS = 500;
/** Waiting answers to old commands, at most; the oldest are dropped. */
const MAX_ANSWERS = 8;

/** Publishes replies. Only the newest standing counts; a final one is repeated until the broker has it. */
export class ReplySender {
  private readonly answers: DeviceReply[] = [];
  private isDue = false;
  private sending: Promise<void> | undefined;
  private work: StandingWork | undefined;

  constructor(private readonly sources: ReplySources) {}

  /** Whose standing it tells. */
  tellOf(work: StandingWork): void {
    this.work = work;
  }

  /** Settles when all that there is to say was sent, or cannot be. */
  async flush(): Promise<void> {
    while (this.sending) await this.sending;
  }

  /** Something other than the standing, sent once. */
  answer(reply: DeviceReply): void {
    this.answers.push(reply);
    if (this.answers.length > MAX_ANSWERS) this.answers.shift();
    this.kick();
  }

  /** The standing changed, or is asked for. */
  changed(): void {
    this.isDue = true;
    this.kick();
  }

  /** Goes on after the connection was lost. */
  kick(): void {
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
      // Something may have come in the turn of the event loop in which it ended.
      const isLeft = this.isDue || this.answers.length > 0;
      if (isLeft && this.sources.connection.isConnected) this.kick();
    });
  }

  private async send(): Promise<void> {
    const { connection } = this.sources;
    while (connection.isConnected) {
      const answer = this.answers.shift();
      if (answer) {
        await this.publish(answer);
        continue;
      }
      if (!this.isDue) return;
      this.isDue = false;
      const reply = this.work?.standing();
      if (!reply) return;
      const sent = await this.publish(reply);
      if (sent && isFinalReply(reply.state)) this.work?.onTold(reply.id);
      await delay(MIN_GAP_MS, undefined, { ref: false });
    }
  }

  /** False where it was lost with its connection; the standing is sent again on the next one. */
  private async publish(reply: DeviceReply): Promise<boolean> {
    const { fleet, device, connection } = this.sources;
    const { qos, retain } = MESSAGES.reply;
    return connection
      .publish(deviceTopic('reply', fleet, device), encodeMessage('reply', reply), { qos, retain })
      .then(
        () => true,
        () => false,
      );
  }
}
