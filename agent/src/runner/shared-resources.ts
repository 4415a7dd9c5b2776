import { arbitrate } from '../core/arbiter.js';
import { roomFor } from '../core/memory-room.js';
import type { Ask, Lease, Share, Situation, Standing } from '../core/situation.js';

export interface SharedResourcesOptions {
  readonly availableMemoryMb: () => number;
  readonly memoryMarginMb: number;
  /** A download that gets no further for so long gives its turn to who waits. */
  readonly stalledDownloadMs: number;
  /** Whatever comes from the broker, in bytes; undefined while there is no connection, which is nobody's fault. */
  readonly receivedBytes: () => number | undefined;
}

/** What a model says of itself, and how it is told that something changed. */
export interface Sharer {
  readonly standing: () => Omit<Standing, 'model'>;
  /** The plan may have changed: a turn came, or has to be given back. */
  readonly wake: () => void;
}

/** A comparison without a single frame in so long holds up nobody. */
const STALLED_COMPARISON_MS = 60_000;
/** Memory comes and goes without a word. */
const MEMORY_LOOK_MS = 1000;
/** A chunk on a slow link is progress before it is whole; a broker's small talk is none. */
const LEAST_BYTES = 4096;

type Named = Pick<Ask, 'model' | 'share'>;

const keyOf = ({ model, share }: Named): string => `${share} ${model}`;
const isSame = (a: Named, b: Named): boolean => a.model === b.model && a.share === b.share;

/** Carries out the arbiter's rulings: who waits, who has what, and since when. */
export class SharedResources {
  private readonly sharers = new Map<string, Sharer>();
  private asks: readonly Ask[] = [];
  private leases: readonly Lease[] = [];
  /** Of a share: who got nowhere in its last turn. */
  private readonly yielded = new Set<string>();
  /** Leases that end with the processes that they were for, and who waits for that to have another one. */
  private readonly leaving = new Set<string>();
  private readonly impatient = new Set<string>();
  private seenBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SharedResourcesOptions) {}

  join(model: string, sharer: Sharer): void {
    this.sharers.set(model, sharer);
  }

  /** Once its processes are gone. */
  leave(model: string): void {
    this.sharers.delete(model);
    this.asks = this.asks.filter((ask) => ask.model !== model);
    this.leases = this.leases.filter((lease) => lease.model !== model);
    for (const keys of [this.yielded, this.leaving, this.impatient]) {
      for (const key of [...keys]) if (key.endsWith(` ${model}`)) keys.delete(key);
    }
    this.look();
  }

  /**
   * Takes its turn, or a place in the queue. `never`: there is no such memory, whatever the others give back.
   *
   * @param isOptional where nobody has to make room for it
   */
  ask(model: string, share: Share, isOptional = false): 'granted' | 'waits' | 'never' {
    const lease = this.leaseOf(model, share);
    if (lease && !lease.isEnding) return 'granted';
    if (lease) {
      // It is told once what it used before is gone.
      this.impatient.add(keyOf({ model, share }));
      return 'waits';
    }
    if (!this.asks.some((ask) => isSame(ask, { model, share }))) {
      const hasYielded = this.yielded.has(keyOf({ model, share }));
      this.asks = [...this.asks, { model, share, isOptional, hasYielded, sinceMs: performance.now() }];
    }
    this.look({ model, share });
    if (this.leaseOf(model, share)) return 'granted';
    const isWaiting = this.asks.some((ask) => isSame(ask, { model, share }));
    if (isWaiting && !isOptional) return 'waits';
    this.asks = this.asks.filter((ask) => !isSame(ask, { model, share }));
    return 'never';
  }

  /** It no longer waits for anything but this. */
  waitOnlyFor(model: string, share: Share | null): void {
    const isLeft = (ask: Ask): boolean => ask.model === model && ask.share !== share;
    if (this.asks.some(isLeft)) this.asks = this.asks.filter((ask) => !isLeft(ask));
  }

  /** Gives it back, at once or once what it was used for is gone. */
  release(model: string, share: Share, gone?: Promise<void>): void {
    const lease = this.leaseOf(model, share);
    const key = keyOf({ model, share });
    if (!lease || this.leaving.has(key)) return;
    if (!lease.isEnding) this.yielded.delete(key);
    if (!gone) {
      this.forget(lease);
      return;
    }
    this.leaving.add(key);
    this.end(lease);
    void gone.then(() => {
      this.leaving.delete(key);
      this.forget(lease);
      if (this.impatient.delete(key)) this.sharers.get(model)?.wake();
    });
  }

  holds = (model: string, share: Share): boolean => this.leaseOf(model, share) !== undefined;

  /** Another model needs it: the holder's next plan gives it back. */
  mustYield = (model: string, share: Share): boolean => this.leaseOf(model, share)?.isEnding ?? false;

  /** It got further. */
  progress(model: string, share: Share): void {
    this.yielded.delete(keyOf({ model, share }));
    const nowMs = performance.now();
    this.leases = this.leases.map((lease) =>
      lease.model === model && lease.share === share ? { ...lease, progressMs: nowMs } : lease,
    );
  }

  room = (model: string): 'now' | 'later' | 'never' => roomFor(model, this.situation());

  /** Does another model wait for memory? */
  isMemoryAwaited = (model: string): boolean =>
    this.asks.some((ask) => ask.share === 'memory' && ask.model !== model && !ask.isOptional);

  /** Something may have changed. @param asking who hears of it anyway */
  look(asking?: Named): void {
    this.noteBytes();
    const { grants, revocations, denials, nextLookMs } = arbitrate(this.situation());
    const nowMs = performance.now();
    this.asks = this.asks.filter((ask) => ![...grants, ...denials].some((ruled) => isSame(ruled, ask)));
    this.leases = [
      ...this.leases,
      ...grants.map(({ model, share }) => ({ model, share, progressMs: nowMs, isEnding: false })),
    ];
    for (const lease of revocations) {
      const isWatching =
        lease.share === 'memory' && this.sharers.get(lease.model)?.standing().extra === 'watching';
      if (!isWatching) this.yielded.add(keyOf(lease));
      this.end(lease);
    }
    for (const ruled of [...grants, ...revocations, ...denials]) {
      if (!asking || !isSame(ruled, asking)) this.sharers.get(ruled.model)?.wake();
    }
    this.schedule(nextLookMs);
  }

  private schedule(nextLookMs: number): void {
    clearTimeout(this.timer);
    const memoryMs = this.asks.some(({ share }) => share === 'memory') ? MEMORY_LOOK_MS : Infinity;
    const waitMs = Math.min(memoryMs, nextLookMs - performance.now() + 1);
    if (!Number.isFinite(waitMs)) return;
    this.timer = setTimeout(() => this.look(), Math.max(1, waitMs));
    this.timer.unref();
  }

  private forget(lease: Named): void {
    this.leases = this.leases.filter((other) => !isSame(other, lease));
    this.look();
  }

  private end(ended: Named): void {
    this.leases = this.leases.map((lease) => (isSame(lease, ended) ? { ...lease, isEnding: true } : lease));
  }

  private noteBytes(): void {
    const bytes = this.options.receivedBytes();
    const isFurther = bytes === undefined || bytes - this.seenBytes >= LEAST_BYTES || bytes < this.seenBytes;
    if (!isFurther) return;
    this.seenBytes = bytes ?? 0;
    const holder = this.leases.find(({ share, isEnding }) => share === 'download' && !isEnding);
    const progressMs = performance.now();
    this.leases = this.leases.map((lease) => (lease === holder ? { ...lease, progressMs } : lease));
  }

  private leaseOf(model: string, share: Share): Lease | undefined {
    return this.leases.find((lease) => lease.model === model && lease.share === share);
  }

  private situation(): Situation {
    const { availableMemoryMb, memoryMarginMb, stalledDownloadMs } = this.options;
    return {
      nowMs: performance.now(),
      models: [...this.sharers].map(([model, { standing }]) => ({ model, ...standing() })),
      asks: this.asks,
      leases: this.leases,
      availableMb: availableMemoryMb(),
      marginMb: memoryMarginMb,
      stallMs: { download: stalledDownloadMs, compared: STALLED_COMPARISON_MS },
    };
  }
}
