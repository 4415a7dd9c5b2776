import {
  MAX_LOG_BYTES,
  type CommandReason,
  type DeviceReply,
  type LogsCommand,
  type RestartCommand,
} from '@hamon/contracts';
import { AgentError } from '../agent-error.js';
import { acceptOrder, started, type OrderRecord } from '../core/order-record.js';
import type { LogRing } from '../log-ring.js';
import type { StateKeeper } from '../state-keeper.js';
import type { CommandHandler } from './command-handler.js';

type Order = LogsCommand | RestartCommand;

export interface DeviceOrdersOptions {
  readonly keeper: StateKeeper<OrderRecord>;
  readonly log: LogRing;
  readonly answer: (reply: DeviceReply) => void;
  /** Stops the agent in order, for its supervisor to start it again. */
  readonly restart: () => void;
  readonly now: () => Date;
}

/** Orders that are obeyed at once: the log, and a restart. Kept before they take effect, so that each is obeyed once. */
export class DeviceOrders implements CommandHandler<Order> {
  constructor(private readonly options: DeviceOrdersOptions) {}

  /** Before anything is received. A full disk must not keep the agent from starting. */
  async begin(): Promise<void> {
    await this.options.keeper.force(started);
  }

  async take(command: Order): Promise<void> {
    const { keeper, restart } = this.options;
    const { verdict } = acceptOrder(command, keeper.state);
    if (typeof verdict === 'object') return this.refuse(command, verdict);
    try {
      await keeper.update((record) => acceptOrder(command, record).next);
    } catch (cause) {
      const reason = reasonOf(cause);
      if (!reason) throw cause;
      return this.refuse(command, reason);
    }
    if (command.kind === 'logs') return this.sendLog(command);
    const isBack = keeper.state.restart?.isBack === true;
    this.tell(command, isBack ? 'succeeded' : 'accepted');
    if (verdict === 'obey') restart();
  }

  expired(command: Order, detail: string): void {
    this.refuse(command, { code: 'command-expired', detail });
  }

  private sendLog(command: LogsCommand): void {
    const { log, answer } = this.options;
    const lines = log.newest(command.lines, MAX_LOG_BYTES);
    answer({ ...this.head(command), kind: 'logs', state: 'succeeded', reason: null, lines });
  }

  private tell(command: RestartCommand, state: 'accepted' | 'succeeded'): void {
    this.options.answer({ ...this.head(command), kind: 'restart', state, reason: null });
  }

  private refuse(command: Order, reason: CommandReason): void {
    const { answer } = this.options;
    const head = { ...this.head(command), state: 'refused', reason } as const;
    answer(command.kind === 'logs' ? { ...head, kind: 'logs', lines: [] } : { ...head, kind: 'restart' });
  }

  private head({ id, device }: Order) {
    return { schema: 'hamon.reply/1', id, device, at: this.options.now().toISOString() } as const;
  }
}

/** A fault of the disk as it is told; undefined for a bug. */
function reasonOf(cause: unknown): CommandReason | undefined {
  if (!(cause instanceof AgentError)) return undefined;
  const { code, message } = cause;
  if (code !== 'disk-full' && code !== 'storage-error') return undefined;
  return { code, detail: message.slice(0, 500) };
}
