import { messageSpec, type ConfigOrder, type PublicJwk } from '@hamon/contracts';
import { documentDigest, readConfigOrder, verifyConfig } from '@hamon/trust';
import { acceptConfig } from '../core/configuration/accept-config.js';
import { accepted, rejected } from '../core/configuration/config-steps.js';
import { reasonOf } from '../runner/reason-of.js';
import type { Configuration } from './configuration.js';

export interface ConfigInboxOptions {
  readonly fleet: string;
  readonly device: string;
  /** Pinned at enrolment; manifests, commands and configurations are told apart by their type. */
  readonly manifestKey: PublicJwk;
  readonly configuration: Configuration;
  readonly now: () => Date;
  /** Something was accepted, and is kept. */
  readonly onAccepted: () => void;
  /** Verified, and never tried; it is kept that it came. */
  readonly onRefused: () => void;
  readonly onRejected: (detail: string) => void;
}

const RETRY_MS = 10_000;

/** What arrives on the `config` topic, one after the other: verified, judged, and kept before it takes effect. */
export class ConfigInbox {
  private queue: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private lastRejection: string | undefined;

  constructor(private readonly options: ConfigInboxOptions) {}

  receive(payload: Uint8Array): Promise<void> {
    this.close();
    this.queue = this.queue.then(() => this.take(payload));
    return this.queue;
  }

  close(): void {
    clearTimeout(this.retry);
  }

  private async take(payload: Uint8Array): Promise<void> {
    // Anybody who owns the broker can clear it; only a signed message takes a configuration back.
    if (payload.byteLength === 0) return;
    const verified = await this.verify(payload);
    if (typeof verified === 'string') return this.reject(verified);
    const { order, digest } = verified;
    const verdict = acceptConfig(order, digest, this.options.configuration.record);
    if (typeof verdict === 'object') return this.reject(`${verdict.code}: ${verdict.detail}`);
    this.lastRejection = undefined;
    if (verdict === 'known') return;
    try {
      await this.keep(order, digest);
    } catch (cause) {
      if (!reasonOf(cause)) throw cause;
      // A full disk keeps no record, and the message would come again only with the next connection.
      this.retry = setTimeout(() => void this.receive(payload), RETRY_MS).unref();
    }
  }

  /** @throws AgentError `disk-full`, `storage-error` */
  private async keep(order: ConfigOrder, digest: string): Promise<void> {
    const { configuration, now, onAccepted, onRefused } = this.options;
    const { config } = order;
    const judged = await configuration.with(config && { config });
    if (judged.ok) {
      await configuration.keeper.update((record) => accepted(record, order, digest, now()));
      onAccepted();
      return;
    }
    await configuration.keeper.update((record) => rejected(record, order, digest, judged.error, now()));
    onRefused();
  }

  private async verify(
    payload: Uint8Array,
  ): Promise<string | { readonly order: ConfigOrder; readonly digest: string }> {
    const { fleet, device, manifestKey } = this.options;
    const { maxBytes } = messageSpec('config');
    if (payload.byteLength > maxBytes) {
      return `config-malformed: ${payload.byteLength} bytes, at most ${maxBytes}`;
    }
    const read = readConfigOrder(parse(payload));
    if (!read.ok) return `${read.error.code}: ${read.error.detail}`;
    const verified = await verifyConfig(read.value, manifestKey, { fleet, device });
    if (!verified.ok) return `${verified.error.code}: ${verified.error.detail}`;
    return { order: verified.value, digest: documentDigest(read.value) };
  }

  /** Once: a sender that repeats it must not fill the device's history. */
  private reject(rejection: string): void {
    if (rejection === this.lastRejection) return;
    this.lastRejection = rejection;
    this.options.onRejected(rejection);
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
