import { setTimeout as delay } from 'node:timers/promises';

export interface BatchRules {
  readonly maxItems: number;
  readonly maxWaitMs: number;
}

/** What became of a batch: stored, refused for its content, or not stored for reasons that may pass. */
export type StoreOutcome = 'stored' | 'refused' | 'unavailable';

const RETRY_MS = { first: 100, most: 5_000 };

/**
 * Collects items and stores them together. Bounded: when one batch is being stored and the next is full, `add` answers a
 * promise that resolves when there is room; whoever awaits it passes the pressure on to its own peer.
 *
 * What `add` has taken is acknowledged to the broker before it is stored: the MQTT client reads the next message only
 * once the last one is acknowledged, so that waiting for the store would mean batches of one. A killed process therefore
 * loses up to two batches of a kind.
 */
export class Batch<T> {
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  #room: (() => void)[] = [];
  #stopped = false;

  /**
   * @param store stores all items or none
   * @param refused is told of each single item that can never be stored
   */
  constructor(
    private readonly rules: BatchRules,
    private readonly store: (items: readonly T[]) => Promise<StoreOutcome>,
    private readonly refused: (item: T) => void,
  ) {}

  add(item: T): void | Promise<void> {
    this.#items.push(item);
    if (this.#items.length < this.rules.maxItems) {
      this.#timer ??= setTimeout(() => this.#begin(), this.rules.maxWaitMs);
      return;
    }
    this.#begin();
    if (this.#items.length >= this.rules.maxItems) return new Promise((resolve) => this.#room.push(resolve));
  }

  /** Stores what is there; items that cannot be stored now are given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#storing;
    if (this.#items.length > 0) await this.#storeOrSplit(this.#items.splice(0));
    for (const resolve of this.#room.splice(0)) resolve();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#storing || this.#items.length === 0) return;
    const items = this.#items.splice(0);
    this.#storing = this.#storeOrSplit(items).finally(() => {
      this.#storing = undefined;
      for (const resolve of this.#room.splice(0)) resolve();
      if (!this.#stopped && this.#items.length > 0) this.#begin();
    });
    for (const resolve of this.#room.splice(0)) resolve();
  }

  /** One item that the database refuses must not take its neighbours with it. */
  async #storeOrSplit(items: readonly T[]): Promise<void> {
    const outcome = await this.#storeInTime(items);
    if (outcome === 'stored') return;
    const [only] = items;
    if (items.length > 1 && outcome === 'refused') {
      const half = Math.ceil(items.length / 2);
      await this.#storeOrSplit(items.slice(0, half));
      await this.#storeOrSplit(items.slice(half));
    } else if (only !== undefined && outcome === 'refused') {
      this.refused(only);
    }
  }

  async #storeInTime(items: readonly T[]): Promise<StoreOutcome> {
    for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(RETRY_MS.most, waitMs * 2)) {
      const outcome = await this.store(items);
      if (outcome !== 'unavailable' || this.#stopped) return outcome;
      await delay(waitMs);
    }
  }
}
