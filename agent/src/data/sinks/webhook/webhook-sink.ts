import { createHash } from 'node:crypto';
import type { ResultRecord } from '@hamon/contracts';
import { signWebhook } from '@hamon/trust';
import { DiskQueue, type DiskQueueLimits, type PlacedRecord } from '../../../adapters/disk-queue.js';
import { backoffMs, type BackoffOptions } from '../../../core/backoff.js';
import { DroppedRecords, type DroppedRecordsOptions } from '../dropped-records.js';
import { fittedRecord } from '../fitted-record.js';
import type { ResultSink } from '../result-sink.js';
import type { WebhookAnswer } from './answer-of.js';
import { WebhookReceiver } from './post-webhook.js';
import { Wakeup } from '../../wakeup.js';

export interface WebhookSinkOptions extends DroppedRecordsOptions {
  readonly url: string;
  /** Of the signature; asked for at each attempt, so that a changed one holds at once. Rejects with a sentence. */
  readonly key: () => Promise<Uint8Array>;
  readonly timeoutMs: number;
  readonly store: DiskQueueLimits & { readonly folder: string };
  /** What has to be done before the store is opened. */
  readonly before?: Promise<void>;
  /** By which the signatures are dated. */
  readonly now: () => Date;
  readonly backoff?: BackoffOptions;
  readonly random?: () => number;
}

/** Records on their way to the disk at most; a disk that is slower than the frames costs records, not memory. */
const MAX_INCOMING_BYTES = 4 * 1024 ** 2;
const MAX_BODY_BYTES = 1024 ** 2;
const BACKOFF: BackoffOptions = { firstMs: 1000, maxMs: 60_000 };
/** A record that the disk does not give now is asked for again after this. */
const SHORTAGE_MS = 1000;

/**
 * Posts each record to a receiver, in their order, one at a time and at least once. What it does not take now waits on the disk,
 * within limits, over restarts too; a repeated record has the same `webhook-id`.
 */
export class WebhookSink implements ResultSink {
  readonly name = 'webhook';
  private readonly drops: DroppedRecords;
  private readonly receiver: WebhookReceiver;
  private readonly queue: Promise<DiskQueue<'record'>>;
  private readonly keeping = new Set<Promise<void>>();
  private readonly leaving = new AbortController();
  private readonly added = new Wakeup();
  private readonly delivering: Promise<void>;
  private incomingBytes = 0;
  private shortenedRecords = 0;
  /** Attempts since the last record that was taken. */
  private attempts = 0;

  constructor(private readonly options: WebhookSinkOptions) {
    const { url, timeoutMs, store, before = Promise.resolve() } = options;
    this.drops = new DroppedRecords(options);
    this.receiver = new WebhookReceiver(new URL(url), timeoutMs);
    this.queue = before.then(() =>
      DiskQueue.openIn({
        ...{ ...store, kinds: ['record'] },
        onUnusable: ({ message }) => this.lose(0, `its store on the disk cannot be used: ${message}`),
      }),
    );
    this.delivering = this.deliver();
  }

  get dropped(): number {
    return this.drops.count;
  }

  get shortened(): number {
    return this.shortenedRecords;
  }

  write(record: ResultRecord): void {
    const { text, isShortened } = fittedRecord(record, MAX_BODY_BYTES);
    const bytes = Buffer.from(text);
    if (this.leaving.signal.aborted || this.incomingBytes + bytes.length > MAX_INCOMING_BYTES) {
      this.lose(1, 'the disk takes them too slowly');
      return;
    }
    if (isShortened) this.shortenedRecords += 1;
    this.incomingBytes += bytes.length;
    const keeping = this.keep(bytes).finally(() => {
      this.incomingBytes -= bytes.length;
      this.keeping.delete(keeping);
    });
    this.keeping.add(keeping);
  }

  async kept(): Promise<void> {
    await Promise.all(this.keeping);
  }

  /** What is not sent yet stays on the disk. */
  async close(): Promise<void> {
    this.leaving.abort();
    await Promise.all([this.delivering, ...this.keeping]);
    this.receiver.close();
  }

  private async keep(bytes: Uint8Array): Promise<void> {
    const queue = await this.queue;
    await queue.add({ kind: 'record', bytes });
    const dropped = queue.takeDropped();
    if (dropped > 0) this.lose(dropped, 'its store is full, the oldest go first');
    this.added.wake();
  }

  private async deliver(): Promise<void> {
    const queue = await this.queue;
    const { signal } = this.leaving;
    while (!signal.aborted) {
      const record = await queue.peek();
      if (!record) {
        await this.added.sleep(queue.length > 0 ? SHORTAGE_MS : undefined, signal);
        continue;
      }
      await this.settle(queue, record, await this.post(record));
    }
  }

  private async post({ bytes }: PlacedRecord<'record'>): Promise<WebhookAnswer> {
    try {
      const headers = signWebhook(await this.options.key(), idOf(bytes), this.options.now(), bytes);
      return await this.receiver.post(headers, bytes, this.leaving.signal);
    } catch (cause) {
      return { kind: 'failed', why: (cause as Error).message };
    }
  }

  private async settle(
    queue: DiskQueue<'record'>,
    { name }: PlacedRecord<'record'>,
    answer: WebhookAnswer,
  ): Promise<void> {
    switch (answer.kind) {
      case 'taken':
        await queue.remove(name);
        this.isThere();
        if (queue.length === 0) this.drops.recover();
        return;
      case 'refused':
        await queue.drop(name);
        this.isThere();
        this.lose(queue.takeDropped(), `${answer.why}, and would do so again`);
        return;
      case 'failed':
        // Our own end may have cut it short: the next process sends it again.
        if (!this.leaving.signal.aborted) await this.rest(answer);
    }
  }

  private async rest({ why, waitMs = 0 }: WebhookAnswer & { kind: 'failed' }): Promise<void> {
    const { url, tellCondition, backoff = BACKOFF, random = Math.random } = this.options;
    tellCondition('results-waiting', { detail: `${url}: ${why}` });
    const restMs = Math.max(backoffMs(this.attempts, backoff, random()), waitMs);
    this.attempts += 1;
    await new Wakeup().sleep(restMs, this.leaving.signal);
  }

  private isThere(): void {
    if (this.attempts > 0) this.options.tellCondition('results-waiting', null);
    this.attempts = 0;
  }

  private lose(records: number, why: string): void {
    this.drops.add(records, `webhook ${this.options.url}: ${why}`);
  }
}

/** The record's own id, or where it has none the same for the same bytes. */
function idOf(bytes: Uint8Array): string {
  const { id } = JSON.parse(Buffer.from(bytes).toString('utf8')) as ResultRecord;
  return id ?? createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
