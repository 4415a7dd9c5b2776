import {
  messageSpec,
  type DeviceCommand,
  type ParsedTopic,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { readCommand, verifyCommand, type CommandRefusal } from '@hamon/trust';
import type { LinkListener } from '../control-link.js';
import type { CommandHandler, CommandHandlers } from './command-handler.js';

export interface CommandInboxOptions {
  readonly fleet: string;
  readonly device: string;
  /** Pinned at enrolment; manifests and commands are told apart by their type. */
  readonly manifestKey: PublicJwk;
  readonly handlers: CommandHandlers;
  /** The later of the machine's clock and its time floor. */
  readonly now: () => Date;
  readonly onRejected: (detail: string) => void;
}

/** What arrives on the `command` topic, one after the other: verified, and handed to who takes its kind. */
export class CommandInbox implements LinkListener {
  private queue: Promise<void> = Promise.resolve();
  private lastRejection: string | undefined;

  constructor(private readonly options: CommandInboxOptions) {}

  connected(): void {
    // The control plane repeats what is still open.
  }

  disconnected(): void {
    // Likewise.
  }

  receive(message: ParsedTopic, payload: Uint8Array): void {
    if (message.name !== 'command') return;
    this.queue = this.queue.then(() => this.take(payload));
  }

  private async take(payload: Uint8Array): Promise<void> {
    const verified = await this.verify(payload);
    if (!verified.ok) return this.reject(verified.error);
    this.lastRejection = undefined;
    await this.handlerOf(verified.value).take(verified.value);
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
      this.handlerOf(command).expired(command, detail);
      return;
    }
    const rejection = `${code}: ${detail}`;
    // Once: a sender that repeats it must not fill the device's history.
    if (rejection === this.lastRejection) return;
    this.lastRejection = rejection;
    this.options.onRejected(rejection);
  }

  private handlerOf(command: DeviceCommand): CommandHandler {
    return this.options.handlers[command.kind] as CommandHandler;
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
