import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { chunkTopic, MAX_CHUNK_SUBSCRIPTIONS, type ChunkRef } from '@hamon/contracts';
import { ContentError, type ChunkStore } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { backoffMs } from '../core/backoff.js';
import type { MqttConnection } from './mqtt-connection.js';
import { untilAborted } from './until-aborted.js';

export interface ChunkFetcherOptions {
  readonly connection: Pick<MqttConnection, 'isConnected' | 'subscribe' | 'unsubscribe'>;
  readonly fleet: string;
  readonly store: ChunkStore;
  /** A chunk that does not come within this is asked for again … */
  readonly askTimeoutMs: number;
  /** … so often, while connected. */
  readonly maxAsks: number;
  readonly onCorrupt: (detail: string) => void;
  /** Chunks asked for at once. All fetchers of a device share the broker's limit. */
  readonly parallel?: number;
}

type Arrival = Uint8Array | 'late' | 'disconnected';

const BACKOFF = { firstMs: 250, maxMs: 15_000 };
/** Below the broker's limit, so that an unsubscription under way never counts against it. */
const PARALLEL = MAX_CHUNK_SUBSCRIPTIONS - 6;

/** Gets chunks by subscribing to their retained messages, a few at a time, each verified on arrival. */
export class ChunkFetcher {
  private readonly waiting = new Map<string, (arrival: Arrival) => void>();
  private reconnected: (() => void)[] = [];
  /** Unsubscriptions that the broker has not confirmed; they count against its limit. */
  private readonly leaving = new Set<Promise<void>>();

  constructor(private readonly options: ChunkFetcherOptions) {}

  /** A chunk message came; whoever did not ask for it is not served. */
  receive(sha256: string, payload: Uint8Array): void {
    // Empty means withdrawn, not corrupt: perhaps it is published again before the wait is over.
    if (payload.byteLength > 0) this.waiting.get(sha256)?.(payload);
  }

  connected(): void {
    const waiters = this.reconnected;
    this.reconnected = [];
    for (const resolve of waiters) resolve();
  }

  disconnected(): void {
    for (const settle of this.waiting.values()) settle('disconnected');
  }

  /**
   * Into the store, each chunk once; what is there already is not asked for. Stops and resumes at any chunk.
   *
   * @throws AgentError `chunk-unavailable`; ContentError `disk-full`, `io`; the signal's reason
   */
  async fetch(chunks: readonly ChunkRef[], onProgress: () => void, signal: AbortSignal): Promise<void> {
    const { parallel = PARALLEL } = this.options;
    // What a former call that was given up left behind.
    await untilAborted(Promise.all(this.leaving), signal);
    signal.throwIfAborted();
    const queue = [...chunks];
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    // Each worker waits on it twice; more listeners than this would be a leak, which Node.js then tells.
    setMaxListeners(2 * parallel + 1, either);
    const work = async (): Promise<void> => {
      for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
        either.throwIfAborted();
        await this.fetchOne(chunk, either);
        onProgress();
      }
    };
    const workers = Array.from({ length: Math.min(parallel, queue.length) }, () =>
      work().catch((cause: unknown) => {
        failed.abort(cause);
        throw cause;
      }),
    );
    // All of them end before this does: none writes into the store afterwards.
    await Promise.allSettled(workers);
    signal.throwIfAborted();
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  private async fetchOne(chunk: ChunkRef, signal: AbortSignal): Promise<void> {
    const { store, maxAsks } = this.options;
    let asks = 0;
    let why = 'it was not published in time';
    while (asks < maxAsks) {
      if (await store.has(chunk)) return;
      if (asks > 0) await delay(backoffMs(asks - 1, BACKOFF, Math.random()), undefined, { signal });
      await this.untilConnected(signal);
      const arrival = await this.ask(chunk, signal);
      // Being offline is nobody's fault and is waited out however long it takes.
      if (arrival === 'disconnected') continue;
      asks += 1;
      if (arrival === 'late') continue;
      try {
        await store.put(chunk, arrival);
        return;
      } catch (cause) {
        if (!(cause instanceof ContentError) || !isWrongBytes(cause)) throw cause;
        why = 'its bytes were wrong';
        this.options.onCorrupt(cause.message);
      }
    }
    throw new AgentError('chunk-unavailable', `chunk ${chunk.sha256}: ${why}, asked for ${asks} times`);
  }

  private async ask({ sha256 }: ChunkRef, signal: AbortSignal): Promise<Arrival> {
    const { connection, fleet, askTimeoutMs } = this.options;
    const topic = chunkTopic(fleet, sha256);
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    const arrival = new Promise<Arrival>((resolve, reject) => {
      this.waiting.set(sha256, resolve);
      timer = setTimeout(resolve, askTimeoutMs, 'late');
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
    });
    arrival.catch(() => undefined);
    try {
      // The signal is not kept waiting by a broker that does not answer: a crashed model may have to be loaded.
      await untilAborted(connection.subscribe(topic), signal);
      return await arrival;
    } catch (cause) {
      if (cause instanceof AgentError && cause.code === 'offline') {
        return connection.isConnected ? 'late' : 'disconnected';
      }
      throw cause;
    } finally {
      clearTimeout(timer);
      if (abort) signal.removeEventListener('abort', abort);
      this.waiting.delete(sha256);
      await untilAborted(this.leave(topic), signal);
    }
  }

  private leave(topic: string): Promise<void> {
    const left = this.options.connection
      .unsubscribe(topic)
      .catch(() => undefined)
      .finally(() => this.leaving.delete(left));
    this.leaving.add(left);
    return left;
  }

  private async untilConnected(signal: AbortSignal): Promise<void> {
    while (!this.options.connection.isConnected) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          this.reconnected = this.reconnected.filter((waiter) => waiter !== resolve);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', abort, { once: true });
        this.reconnected.push(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      });
    }
  }
}

const isWrongBytes = ({ code }: ContentError): boolean =>
  code === 'digest-mismatch' || code === 'length-mismatch';
