import { setTimeout as delay } from 'node:timers/promises';
import {
  deviceTopic,
  encodeMessage,
  MANIFEST_ORDERS,
  MESSAGES,
  type DeviceCondition,
  type DeviceFacts,
  type Reason,
  type ReportedState,
} from '@hamon/contracts';
import type { MqttConnection } from './adapters/mqtt-connection.js';
import { answering, type DeviceState, type Slot } from './core/device-state.js';
import type { RejectedManifest } from './manifest-inbox.js';
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
  readonly now: () => Date;
}

/** At most four reports a second; the last one of a burst is always sent. */
const MIN_GAP_MS = 250;

/** Publishes the device's state as it is, retained. Only the newest counts: nothing is queued, nothing repeated. */
export class Reporter {
  private rejection: Reason | null = null;
  private rejected: RejectedManifest | null = null;
  private chunks = { have: 0, total: 0 };
  private roomForTwo: boolean | undefined;
  private isDue = false;
  private isSending = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly sources: ReportSources) {}

  /** The newest rejected manifest's reason, until one is accepted. Returns whether that is news. */
  reject(reason: Reason | null, what: RejectedManifest | null = null): boolean {
    const isNews = reason?.code !== this.rejection?.code || reason?.detail !== this.rejection?.detail;
    const isOther = what?.digest !== this.rejected?.digest;
    this.rejection = reason;
    this.rejected = what;
    if (isNews || isOther) this.changed();
    return isNews;
  }

  progress(have: number, total: number): void {
    this.chunks = { have, total };
    this.changed();
  }

  room(forTwo: boolean): void {
    if (forTwo === this.roomForTwo) return;
    this.roomForTwo = forTwo;
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
    const { device, facts, state, counters, now } = this.sources;
    const { slots, deployment, accepted } = state();
    const { accepted: taken, answered, skipped, undecodable, mismatched } = counters();
    const rejected = undecodable + mismatched;
    const conditions = this.sources.conditions();
    const named = (slot: Slot | null) => slot?.version ?? null;
    return {
      schema: 'hamon.reported/1',
      device,
      at: now().toISOString(),
      facts,
      slots: {
        current: named(answering(slots.current)),
        previous: named(slots.previous),
        candidate: named(slots.candidate),
      },
      ...(this.roomForTwo !== undefined && { roomForTwo: this.roomForTwo }),
      orders: [...MANIFEST_ORDERS],
      deployment: deployment && {
        version: deployment.target.version,
        state: deployment.state,
        chunks: this.chunks,
        reason: deployment.reason,
      },
      rejection: this.rejection,
      rejected: this.rejected,
      keyId: this.sources.keyId,
      highestSequence: accepted?.sequence ?? null,
      proof: accepted?.jws ?? null,
      // Absent where there is nothing to say: a server that does not know them yet refuses the whole report.
      frames: { accepted: taken, answered, skipped, ...(rejected > 0 && { rejected }) },
      ...(conditions.length > 0 && { conditions: [...conditions] }),
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
