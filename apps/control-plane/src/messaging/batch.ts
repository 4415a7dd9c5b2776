import { setTimeout as delay } from 'node:timers/promises';

export interface BatchRules {
  readonly maxItems: number;
  readonly maxWaitMs: number;
}

/** Stored, refused for its content, failed for an unforeseen reason, or not stored for reasons that may pass. */
export type StoreOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'refused' | 'broken' | 'unavailable'; readonly cause: unknown };

/** Why an item was set aside for good. */
export interface SetAside {
  readonly kind: 'refused' | 'broken';
  readonly cause: unknown;
}

export interface BatchParts<T> {
  /** Stores all items, which are of one lane, or none. */
  readonly store: (items: readonly T[]) => Promise<StoreOutcome>;
  /** Called for each single item that cannot be stored: it is quarantined, and the others go on. */
  readonly setAside: (item: T, why: SetAside) => void;
  /** Items of one lane are stored in order, and together; lanes are independent. */
  readonly laneOf: (item: T) => string;
  /** Called for each attempt that failed for reasons that may pass. */
  readonly failed?: (cause: unknown) => void;
}

interface Lane<T> {
  readonly name: string;
  /** Items that wait. */
  items: T[];
  /** How many wait or are being stored. */
  held: number;
  storing: Promise<void> | undefined;
  /** Failures in a row, for reasons that may pass. */
  failures: number;
  beganMs: number;
  /** Senders that wait for room. */
  senders: (() => void)[];
}

const RETRY_MS = { first: 100, most: 5_000 };
/** What all lanes hold together; one lane waits with one batch while it stores another. */
const BATCHES_IN_ALL = 4;
/** From then on a lane is stuck: three seconds of attempts, or one that hangs. */
const STUCK = { failures: 5, ms: 60_000 };

/**
 * Collects items and stores them together, lane by lane. Where a lane has no room, `add` answers a promise that resolves
 * when it has; a caller that awaits it passes the pressure on to its own peer. `store` bounds the lanes stored at once.
 *
 * Two batches of a lane have room, four of all lanes, and a lane never holds more than it leaves to the others. So each lane
 * that gets stuck takes half of what is left at most: two batches, one, half a batch. Lanes that are not stuck find as much,
 * and where nothing is left one message at a time. Memory is bounded by four batches and one item for each lane whose senders
 * await their room one by one.
 *
 * What `add` has taken is acknowledged to its sender before it is stored: senders wait for their acknowledgements, and
 * waiting for the store would mean small batches. A killed process therefore loses that much of each kind; a stopped one
 * stores it.
 */
export class Batch<T> {
  /** Lanes that hold something. */
  private readonly lanes = new Map<string, Lane<T>>();
  /** Lanes whose senders wait, in the order in which they began to. */
  private readonly full = new Set<Lane<T>>();
  private held = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopBy = Infinity;
  private givenUp = 0;
  private emptied: () => void = () => undefined;

  constructor(
    private readonly rules: BatchRules,
    private readonly parts: BatchParts<T>,
  ) {}

  add(item: T): void | Promise<void> {
    const lane = this.laneOf(item);
    lane.items.push(item);
    lane.held += 1;
    this.held += 1;
    // Waiting would add nothing to the batch.
    if (!this.hasRoom(lane)) this.serve(lane);
    else this.timer ??= setTimeout(() => this.serveAll(), this.rules.maxWaitMs);
    if (this.hasRoom(lane)) return;
    this.full.add(lane);
    return new Promise((resolve) => lane.senders.push(resolve));
  }

  /** Lanes that get nothing stored, for reasons that should have passed by now. */
  stuckLanes(nowMs: number): string[] {
    return [...this.lanes]
      .filter(([, { storing, failures, beganMs }]) => {
        return storing !== undefined && (failures >= STUCK.failures || nowMs - beganMs > STUCK.ms);
      })
      .map(([name]) => name);
  }

  /** Stores what is there, trying for so long; answers how many items were given up. Nothing may be added afterwards. */
  async stop(withinMs: number): Promise<number> {
    this.stopBy = performance.now() + withinMs;
    this.serveAll();
    if (this.held > 0) {
      await new Promise<void>((resolve) => {
        // A store that hangs has not answered by then.
        const patience = setTimeout(resolve, withinMs);
        this.emptied = () => {
          clearTimeout(patience);
          resolve();
        };
      });
    }
    for (const lane of this.full) this.letIn(lane);
    return this.givenUp + this.held;
  }

  /** A lane that holds nothing has room, whatever the others hold. */
  private hasRoom({ items, held }: Lane<T>): boolean {
    const { maxItems } = this.rules;
    return held === 0 || (items.length < maxItems && held < BATCHES_IN_ALL * maxItems - this.held);
  }

  private laneOf(item: T): Lane<T> {
    const name = this.parts.laneOf(item);
    const known = this.lanes.get(name);
    if (known) return known;
    const lane: Lane<T> = {
      ...{ name, items: [], held: 0, senders: [] },
      ...{ storing: undefined, failures: 0, beganMs: 0 },
    };
    this.lanes.set(name, lane);
    return lane;
  }

  private serveAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const lane of [...this.lanes.values()]) this.serve(lane);
  }

  private serve(lane: Lane<T>): void {
    if (lane.storing || lane.items.length === 0) return;
    const items = lane.items.splice(0, this.rules.maxItems);
    lane.storing = this.storeOrSplit(lane, items).finally(() => {
      lane.storing = undefined;
      lane.held -= items.length;
      this.held -= items.length;
      if (lane.held === 0) this.lanes.delete(lane.name);
      this.serve(lane);
      for (const full of [...this.full]) if (this.hasRoom(full)) this.letIn(full);
      if (this.held === 0) this.emptied();
    });
  }

  private letIn(lane: Lane<T>): void {
    this.full.delete(lane);
    for (const resolve of lane.senders.splice(0)) resolve();
  }

  /** One item that cannot be stored must not fail its neighbours. */
  private async storeOrSplit(lane: Lane<T>, items: readonly T[]): Promise<void> {
    const outcome = await this.storeInTime(lane, items);
    if (outcome.kind === 'stored') return;
    if (outcome.kind === 'unavailable') {
      this.givenUp += items.length;
      return;
    }
    const [only] = items;
    if (items.length > 1) {
      const half = Math.ceil(items.length / 2);
      await this.storeOrSplit(lane, items.slice(0, half));
      await this.storeOrSplit(lane, items.slice(half));
    } else if (only !== undefined) {
      this.parts.setAside(only, { kind: outcome.kind, cause: outcome.cause });
    }
  }

  private async storeInTime(lane: Lane<T>, items: readonly T[]): Promise<StoreOutcome> {
    lane.failures = 0;
    for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(RETRY_MS.most, waitMs * 2)) {
      lane.beganMs = performance.now();
      const outcome = await this.parts.store(items);
      if (outcome.kind !== 'unavailable') return outcome;
      lane.failures += 1;
      this.parts.failed?.(outcome.cause);
      if (performance.now() + waitMs > this.stopBy) return outcome;
      await delay(waitMs);
    }
  }
}
