import { setTimeout as delay } from 'node:timers/promises';
import {
  deviceTopic,
  encodeMessage,
  MANIFEST_ORDERS,
  MAX_MODELS,
  MESSAGES,
  type DeviceAbility,
  type DeviceCondition,
  type DeviceFacts,
  type Reason,
  type ReportedState,
} from '@hamon/contracts';
import type { MqttConnection } from './adapters/mqtt-connection.js';
import type { DeviceState } from './core/device-state.js';
import type { RejectedManifest } from './manifest-inbox.js';
import { ModelNotes, withinBytes } from './model-notes.js';
import type { RouterCounters } from './data/router-counters.js';

export interface ReportSources {
  readonly fleet: string;
  readonly device: string;
  readonly facts: DeviceFacts;
  /** Of the pinned manifest key. */
  readonly keyId: string;
  readonly connection: Pick<MqttConnection, 'isConnected' | 'publish'>;
  readonly state: () => DeviceState;
  readonly counters: () => Pick<
    RouterCounters,
    'accepted' | 'answered' | 'skipped' | 'undecodable' | 'mismatched'
  >;
  readonly conditions: () => readonly DeviceCondition[];
  /** Which model answers which stream. */
  readonly streams: () => ReportedState['streams'];
  /** What may be asked of it beside its manifests' orders; nothing unless told. */
  readonly abilities?: readonly DeviceAbility[];
  /** Undefined where none ever came from the centre; an agent without any leaves it out. */
  readonly configuration?: () => ReportedState['configuration'];
  /** Undefined where it keeps none. */
  readonly samples?: () => ReportedState['samples'];
  readonly now: () => Date;
}

/** At most four reports a second; the last one of a burst is always sent. */
const MIN_GAP_MS = 250;
/** Of everything in a report beside its models. */
const REST_BYTES = 32 * 1024;

/** Publishes the device's state as it is, retained. Only the newest counts: nothing is queued, nothing repeated. */
export class Reporter {
  private readonly notes = new ModelNotes();
  private isDue = false;
  private isSending = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly sources: ReportSources) {}

  /** The newest rejected manifest's reason, until one of the model is accepted. Returns whether that is news. */
  reject(model: string, reason: Reason | null, what: RejectedManifest | null = null): boolean {
    const before = this.notes.of(model);
    const isNews = reason?.code !== before.rejection?.code || reason?.detail !== before.rejection?.detail;
    const isOther = what?.digest !== before.rejected?.digest;
    if (!isNews && !isOther) return false;
    this.notes.change(model, { rejection: reason, rejected: what });
    this.changed();
    return isNews;
  }

  progress(model: string, have: number, total: number): void {
    this.notes.change(model, { chunks: { have, total } });
    this.changed();
  }

  room(model: string, forTwo: boolean): void {
    if (forTwo === this.notes.of(model).roomForTwo) return;
    this.notes.change(model, { roomForTwo: forTwo });
    this.changed();
  }

  /** What a model runs on, where the configuration asks for something. */
  executionProvider(model: string, name: string | undefined): void {
    if (name === this.notes.of(model).executionProvider) return;
    this.notes.change(model, { executionProvider: name });
    this.changed();
  }

  changed(): void {
    this.isDue = true;
    if (!this.isSending) this.sending = this.send();
  }

  /** Settles when what changed so far is published, or cannot be. */
  async flush(): Promise<void> {
    this.changed();
    while (this.isSending) await this.sending;
  }

  current(): ReportedState {
    const { device, facts, state, counters, conditions, streams, keyId, now } = this.sources;
    const { accepted, answered, skipped, undecodable, mismatched } = counters();
    const rejected = undecodable + mismatched;
    const held = state();
    const standing = conditions();
    const rows = streams();
    const configuration = this.sources.configuration?.();
    const samples = this.sources.samples?.();
    return {
      schema: 'hamon.reported/2',
      device,
      at: now().toISOString(),
      facts,
      models: withinBytes(this.notes.reports(held), MESSAGES.reported.maxBytes - REST_BYTES),
      maxModels: MAX_MODELS,
      floor: held.floor,
      orders: [...MANIFEST_ORDERS, ...(this.sources.abilities ?? [])],
      // Each manifest comes under the name of a model.
      rejection: null,
      keyId,
      // Absent where there is nothing to say.
      frames: { accepted, answered, skipped, ...(rejected > 0 && { rejected }) },
      ...(configuration && { configuration }),
      ...(rows && { streams: rows }),
      ...(samples && { samples }),
      ...(standing.length > 0 && { conditions: [...standing] }),
    };
  }

  private async send(): Promise<void> {
    const { connection, fleet, device } = this.sources;
    this.isSending = true;
    try {
      while (this.isDue && connection.isConnected) {
        this.isDue = false;
        const { qos, retain } = MESSAGES.reported;
        const topic = deviceTopic('reported', fleet, device);
        // Lost with its connection: the next one begins with a report.
        await connection
          .publish(topic, encodeMessage('reported', this.current()), { qos, retain })
          .catch(() => undefined);
        await delay(MIN_GAP_MS, undefined, { ref: false });
      }
    } finally {
      // In the turn in which the loop ends: a change right after it must start another one.
      this.isSending = false;
    }
  }
}
