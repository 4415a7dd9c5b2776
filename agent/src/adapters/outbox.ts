import { DiskQueue, type DiskQueueLimits, type QueuedRecord } from './disk-queue.js';

export type RecordKind = 'event' | 'telemetry';
export type OutboxRecord = QueuedRecord<RecordKind>;

const DEFAULT_LIMITS: DiskQueueLimits = { maxRecords: 2000, maxBytes: 16 * 1024 ** 2 };

/** What the control plane has not confirmed yet. When it is full the oldest windows go first, then the oldest events. */
export class Outbox extends DiskQueue<RecordKind> {
  static async open(folder: string, limits: DiskQueueLimits = DEFAULT_LIMITS): Promise<Outbox> {
    const outbox = new Outbox({ folder, ...limits, kinds: ['telemetry', 'event'] });
    await outbox.load();
    return outbox;
  }
}
