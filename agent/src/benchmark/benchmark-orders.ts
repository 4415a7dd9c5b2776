import type { BenchmarkCommand, BenchmarkReason, BenchmarkReply, CancelCommand } from '@hamon/contracts';
import type { CommandHandler } from '../commands/command-handler.js';
import { acceptCommand } from '../core/accept-command.js';
import { replyTo, type BenchmarkRecord } from '../core/benchmark-record.js';
import type { StateKeeper } from '../state-keeper.js';
import { benchmarkReason } from './benchmark-reason.js';

export interface BenchmarkOrdersOptions {
  readonly keeper: StateKeeper<BenchmarkRecord>;
  readonly now: () => Date;
  readonly answer: (reply: BenchmarkReply) => void;
  /** Tell again how far the work is, or how it ended. */
  readonly tellStanding: () => void;
}

/** Commands to measure, and to give it up: judged by the record, and kept before they take effect. */
export class BenchmarkOrders implements CommandHandler<BenchmarkCommand | CancelCommand> {
  constructor(private readonly options: BenchmarkOrdersOptions) {}

  async take(command: BenchmarkCommand | CancelCommand): Promise<void> {
    const { keeper, now, answer, tellStanding } = this.options;
    const { answer: reply } = acceptCommand(command, keeper.state, now());
    try {
      await keeper.update((record) => acceptCommand(command, record, now()).next);
    } catch (cause) {
      const reason = benchmarkReason(cause);
      if (!reason) throw cause;
      answer(this.refusal(command, reason));
      return;
    }
    if (reply === 'standing') tellStanding();
    else answer(reply);
  }

  expired(command: BenchmarkCommand | CancelCommand, detail: string): void {
    this.options.answer(this.refusal(command, { code: 'command-expired', detail }));
  }

  private refusal(command: BenchmarkCommand | CancelCommand, reason: BenchmarkReason): BenchmarkReply {
    return replyTo(command, { state: 'refused', reason }, this.options.now());
  }
}
