import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DeviceReply } from '@hamon/contracts';
import { Inbox } from '../messaging/inbox.js';
import type { Received } from '../messaging/received.js';
import { must } from '../platform/errors.js';

type Kind = DeviceReply['kind'];
type ReplyOf<K extends Kind> = Extract<DeviceReply, { kind: K }>;

/** A reply of one kind, as it was received. */
export type ReceivedReply<K extends Kind> = Omit<Received<'reply'>, 'message'> & {
  readonly message: ReplyOf<K>;
};
type Take<K extends Kind> = (reply: ReceivedReply<K>) => Promise<void>;

/** Hands what devices reply to the capability that asked. */
@Injectable()
export class CommandReplies implements OnModuleInit {
  private readonly takers: { [K in Kind]?: Take<K> } = {};

  constructor(private readonly inbox: Inbox) {}

  /** Before the application starts; what it does is idempotent, as replies are repeated. */
  handle<K extends Kind>(kind: K, take: Take<K>): void {
    const takers: { [N in K]?: Take<N> } = this.takers;
    takers[kind] = take;
  }

  onModuleInit(): void {
    this.inbox.handle('reply', {
      store: async (items) => {
        for (const item of items) await this.hand(item.message.kind, item);
      },
    });
  }

  private hand<K extends Kind>(kind: K, item: Received<'reply'>): Promise<void> {
    const takers: { [N in K]?: Take<N> } = this.takers;
    const take = takers[kind] as Take<K> | undefined;
    return must(take, `a taker of replies to ${kind}`)(item as ReceivedReply<K>);
  }
}
