import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { chunkTopic, MAX_CHUNK_SUBSCRIPTIONS, type ChunkRef, type ParsedTopic } from '@hamon/contracts';
import { ContentError, type ChunkStore } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { backoffMs } from '../core/backoff.js';
import type { ChunkFetcher, ChunkTries } from '../core/chunk-fetcher.js';
import { FIRST_PARALLEL, parallelAfter } from '../core/parallel-asks.js';
import type { MqttConnection } from './mqtt-connection.js';
import { onSilence } from './on-silence.js';
import { untilAborted } from './until-aborted.js';

export interface MqttChunkFetcherOptions {
  readonly connection: Pick<MqttConnection, 'isConnected' | 'receivedBytes' | 'subscribe' | 'unsubscribe'>;
  readonly fleet: string;
  readonly store: ChunkStore;
  /** A chunk is asked for again after nothing at all has come for so long … */
  readonly askTimeoutMs: number;
  /** … so often, while connected. */
  readonly maxAsks: number;
  readonly onCorrupt: (detail: string) => void;
  /** Chunks asked for at once, at most. All fetchers of a device share the broker's limit. */
  readonly parallel?: number;
}

type Answer = 'stored' | 'corrupt' | 'silence' | 'disconnected';

/** A chunk that the fetch under way wants. */
interface WantedChunk {
  readonly chunk: ChunkRef;
  isStoring: boolean;
  /** Set while somebody waits for it. */
  answer: ((answer: Answer) => void) | undefined;
}

const BACKOFF = { firstMs: 250, maxMs: 15_000 };
/** Wrong bytes cost as much traffic as right ones, and only another publication mends them. */
const MAX_CORRUPT = 8;
/** Below the broker's limit, so that an unsubscription under way never counts against it. */
const PARALLEL = MAX_CHUNK_SUBSCRIPTIONS - 6;

/** Gets chunks by subscribing to their retained messages, a few at a time, each verified on arrival. */
export class MqttChunkFetcher implements ChunkFetcher {
  private readonly wanted = new Map<string, WantedChunk>();
  private readonly storing = new Set<Promise<void>>();
  private reconnected: (() => void)[] = [];
  /** Unsubscriptions that the broker has not confirmed; they count against its limit. */
  private readonly leaving = new Set<Promise<void>>();
  /** How many at once the link is known to carry. */
  private parallel = FIRST_PARALLEL;
  private fail: (cause: unknown) => void = () => undefined;

  constructor(private readonly options: MqttChunkFetcherOptions) {}

  /** A message came. A chunk that is wanted is kept, however late it comes; anything else is not. */
  receive(message: ParsedTopic, payload: Uint8Array): void {
    const entry = message.name === 'chunk' ? this.wanted.get(message.sha256) : undefined;
    // Empty means withdrawn, not corrupt: perhaps it is published again before the wait is over.
    if (!entry || entry.isStoring || payload.byteLength === 0) return;
    // Nobody asked for it yet, and it can be asked for: what is in memory stays bounded whatever a broker sends.
    if (!entry.answer && this.storing.size >= MAX_CHUNK_SUBSCRIPTIONS) return;
    entry.isStoring = true;
    const stored = this.keep(entry, payload)
      .catch((cause: unknown) => this.fail(cause))
      .finally(() => this.storing.delete(stored));
    this.storing.add(stored);
  }

  connected(): void {
    const waiters = this.reconnected;
    this.reconnected = [];
    for (const resolve of waiters) resolve();
  }

  disconnected(): void {
    for (const { answer, isStoring } of this.wanted.values()) if (!isStoring) answer?.('disconnected');
  }

  async fetch(
    chunks: readonly ChunkRef[],
    onChunk: () => void,
    signal: AbortSignal,
    tries: ChunkTries = new Map(),
  ): Promise<void> {
    const failed = new AbortController();
    this.fail = (cause) => failed.abort(cause);
    const wanted = chunks.map((chunk): WantedChunk => ({ chunk, isStoring: false, answer: undefined }));
    for (const entry of wanted) this.wanted.set(entry.chunk.sha256, entry);
    try {
      // Unsubscriptions of an earlier call that was given up; until they are confirmed, its chunks may still come.
      await untilAborted(Promise.all(this.leaving), signal);
      signal.throwIfAborted();
      await this.fetchAll(wanted, onChunk, AbortSignal.any([signal, failed.signal]), tries);
    } finally {
      this.wanted.clear();
      // Nothing is written into the store afterwards.
      await Promise.all(this.storing);
    }
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  private async fetchAll(
    queue: WantedChunk[],
    onChunk: () => void,
    signal: AbortSignal,
    tries: ChunkTries,
  ): Promise<void> {
    const { parallel: most = PARALLEL } = this.options;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    // Each worker waits on it twice; more listeners than this would be a leak, of which Node.js warns.
    setMaxListeners(2 * most + 1, either);
    const workers: Promise<void>[] = [];
    let busy = 0;
    const work = async (): Promise<void> => {
      while (busy <= this.parallel) {
        const entry = queue.shift();
        if (!entry) return;
        either.throwIfAborted();
        await this.fetchOne(entry, most, either, tries);
        onChunk();
        hire();
      }
    };
    const hire = (): void => {
      while (busy < this.parallel && queue.length > 0) {
        busy += 1;
        const worker = work()
          .catch((cause: unknown) => failed.abort(cause))
          .finally(() => {
            busy -= 1;
            // Two that end at once, each because of the other, would leave the queue to nobody.
            if (!either.aborted) hire();
          });
        workers.push(worker);
      }
    };
    hire();
    // All of them end before this does, also those that join meanwhile.
    for (const worker of workers) await worker;
    if (failed.signal.aborted) throw failed.signal.reason;
  }

  private async fetchOne(
    entry: WantedChunk,
    most: number,
    signal: AbortSignal,
    tries: ChunkTries,
  ): Promise<void> {
    const { store, maxAsks } = this.options;
    const { chunk } = entry;
    let { asks, corrupt } = tries.get(chunk.sha256) ?? { asks: 0, corrupt: 0 };
    let why = 'it was not published in time';
    // Where an earlier call had to stop, the time since then was wait enough: each call asks at least once.
    let waits = false;
    while (asks < maxAsks && corrupt < MAX_CORRUPT) {
      if (waits && asks > 0) await delay(backoffMs(asks - 1, BACKOFF, Math.random()), undefined, { signal });
      waits = true;
      await this.untilConnected(signal);
      if (await store.has(chunk)) return;
      const askedMs = performance.now();
      const answer = await this.ask(entry, signal);
      if (answer === 'stored') {
        this.parallel = parallelAfter(this.parallel, performance.now() - askedMs, most);
        tries.delete(chunk.sha256);
        return;
      }
      // Being offline is nobody's fault and is waited out however long it takes.
      if (answer === 'disconnected') continue;
      asks += 1;
      if (answer === 'corrupt') {
        corrupt += 1;
        why = 'its bytes were wrong';
      }
      tries.set(chunk.sha256, { asks, corrupt });
    }
    throw new AgentError('chunk-unavailable', `chunk ${chunk.sha256}: ${why}, asked for ${asks} times`);
  }

  private async keep(entry: WantedChunk, payload: Uint8Array): Promise<void> {
    try {
      await this.options.store.put(entry.chunk, payload);
      entry.answer?.('stored');
    } catch (cause) {
      if (!(cause instanceof ContentError) || !isWrongBytes(cause)) throw cause;
      entry.isStoring = false;
      this.options.onCorrupt(cause.message);
      entry.answer?.('corrupt');
    }
  }

  private async ask(entry: WantedChunk, signal: AbortSignal): Promise<Answer> {
    const { connection, fleet, askTimeoutMs } = this.options;
    const topic = chunkTopic(fleet, entry.chunk.sha256);
    let stopListening: (() => void) | undefined;
    let abort: (() => void) | undefined;
    const answered = new Promise<Answer>((resolve, reject) => {
      entry.answer = resolve;
      stopListening = onSilence(
        askTimeoutMs,
        () => connection.receivedBytes,
        () => {
          if (!entry.isStoring) resolve('silence');
        },
      );
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
    });
    answered.catch(() => undefined);
    try {
      // The signal is not kept waiting by a broker that does not answer: a crashed model may have to be loaded.
      await untilAborted(connection.subscribe(topic), signal);
      return await answered;
    } catch (cause) {
      if (cause instanceof AgentError && cause.code === 'offline') {
        return connection.isConnected ? 'silence' : 'disconnected';
      }
      throw cause;
    } finally {
      stopListening?.();
      if (abort) signal.removeEventListener('abort', abort);
      entry.answer = undefined;
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
