import {
  messageSpec,
  type BenchmarkReason,
  type DeviceCommand,
  type DeviceReply,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { readCommand, verifyCommand, type CommandRefusal } from '@hamon/trust';
import { acceptCommand } from '../core/accept-command.js';
import { replyTo, type BenchmarkRecord } from '../core/benchmark-record.js';
import type { StateKeeper } from '../state-keeper.js';
import { benchmarkReason } from './benchmark-reason.js';

export interface CommandInboxOptions {
  readonly fleet: string;
  readonly device: string;
  /** Pinned at enrolment; manifests and commands are told apart by their type. */
  readonly manifestKey: PublicJwk;
  readonly keeper: StateKeeper<BenchmarkRecord>;
  /** The later of the machine's clock and its time floor. */
  readonly now: () => Date;
  readonly answer: (reply: DeviceReply) => void;
  /** Tell again how far the work is, or how it ended. */
  readonly tellStanding: () => void;
  readonly onRejected: (detail: string) => void;
}

/** What arrives on the `command` topic, one after the other: verified, judged, and kept before it takes effect. */
export class CommandInbox {
  private queue: Promise<void> = Promise.resolve();
  private lastRejection: string | undefined;

  constructor(private readonly options: CommandInboxOptions) {}

  receive(payload: Uint8Array): Promise<void> {
    this.queue = this.queue.then(() => this.take(payload));
    return this.queue;
  }

  private async take(payload: Uint8Array): Promise<void> {
    const { keeper, now, answer, tellStanding } = this.options;
    const verified = await this.verify(payload);
    if (!verified.ok) return this.reject(verified.error);
    this.lastRejection = undefined;
    const command = verified.value;
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

  private async verify(payload: Uint8Array): Promise<Result<DeviceCommand, CommandRefusal>> {
    const { fleet, device, manifestKey, now } = this.options;
    const { maxBytes } = messageSpec('command');
    if (payload.byteLength > maxBytes) {
      const detail = `${payload.byteLength} bytes, at most ${maxBytes}`;
      return { ok: false, error: { code: 'command-malformed', detail } };
    }
    const read = readCommand(parse(payload));
    return read.ok ? verifyCommand(read.value, manifestKey, { fleet, device, now: now() }) : read;
  }

  private reject({ code, detail, command }: CommandRefusal): void {
    if (code === 'command-expired' && command) {
      this.options.answer(this.refusal(command, { code, detail }));
      return;
    }
    const rejection = `${code}: ${detail}`;
    // Once: a sender that repeats it must not fill the device's history.
    if (rejection === this.lastRejection) return;
    this.lastRejection = rejection;
    this.options.onRejected(rejection);
  }

  private refusal(command: DeviceCommand, reason: BenchmarkReason): DeviceReply {
    return replyTo(command, { state: 'refused', reason }, this.options.now());
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
