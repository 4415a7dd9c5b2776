import { isSameContent, type FileStamp } from './file-stamp.js';
import type { RawName } from './raw-name.js';

export interface Arrived {
  readonly name: RawName;
  readonly stamp: FileStamp;
  /** In which it was told of, where it was: file systems date files by ticks, in which several may come. */
  readonly order?: number;
}

export interface ArrivalsOptions {
  /** A file is whole when nobody wrote to it for so long. */
  readonly settleMs: number;
  /** Files known at once at most. */
  readonly most: number;
}

/** When a look at a file was taken: on a slow drive it takes long, and the file may be written to meanwhile. */
export interface Look {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Candidate {
  readonly arrived: Arrived;
  /** Unchanged since then, as far as anybody saw. */
  sinceMs: number;
  /** Written to since it was looked at: it comes later than its stamp says. */
  isWritten: boolean;
}

/** An upload that was only begun has no byte yet, and its link may be slow: nothing is said by its silence so soon. */
const EMPTY_PATIENCE = 10;

/** In order of arrival; by name where two came in one moment and nobody told of them. */
export function byArrival(a: Arrived, b: Arrived): number {
  if (a.stamp.changedNs !== b.stamp.changedNs) return a.stamp.changedNs < b.stamp.changedNs ? -1 : 1;
  const order = (a.order ?? 0) - (b.order ?? 0);
  if (order !== 0) return order;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/**
 * Which files of a folder are whole, and which of them is next. Each is handed out once, until it is given back or its
 * owner says that it is gone. Times are given, by a clock that is never set.
 */
export class Arrivals {
  private readonly candidates = new Map<RawName, Candidate>();
  /** In order of arrival. */
  private readonly whole: Arrived[] = [];
  private readonly wholeNames = new Set<RawName>();
  private readonly taken = new Set<RawName>();
  private missed = false;

  constructor(private readonly options: ArrivalsOptions) {}

  /** Known, and not taken yet. */
  get waiting(): number {
    return this.candidates.size + this.whole.length;
  }

  /** Of these, those that may still be written to. */
  get unsettled(): number {
    return this.candidates.size;
  }

  get room(): number {
    return this.options.most - this.waiting;
  }

  /** Files were passed over for want of room: only a listing finds them. Said once. */
  takeMissed(): boolean {
    const missed = this.missed;
    this.missed = false;
    return missed;
  }

  /** It needs no further look: it is whole, or somebody works on it. */
  isSettled(name: RawName): boolean {
    return this.taken.has(name) || this.wholeNames.has(name);
  }

  /** @param isRenamed it was seen to come under this name in one step, and so is whole */
  see(arrived: Arrived, look: Look, isRenamed = false): void {
    const { name, stamp, order } = arrived;
    if (this.isSettled(name)) return;
    const known = this.candidates.get(name);
    if (!known && this.room <= 0) {
      this.missed = true;
      return;
    }
    const isAsBefore = known !== undefined && isSameContent(known.arrived.stamp, stamp);
    const first = order ?? known?.arrived.order;
    const latest = { name, stamp, ...(first !== undefined && { order: first }) };
    const isQuiet = isAsBefore && look.fromMs - known.sinceMs >= this.patienceMs(stamp);
    if (isQuiet || (isRenamed && stamp.bytes > 0)) {
      this.candidates.delete(name);
      this.insert(latest);
    } else if (isAsBefore) known.isWritten = false;
    else this.candidates.set(name, { arrived: latest, sinceMs: look.toMs, isWritten: false });
  }

  /** Somebody wrote to it just now. */
  touch(name: RawName, nowMs: number): void {
    const known = this.candidates.get(name);
    if (!known) return;
    known.sinceMs = nowMs;
    known.isWritten = true;
  }

  /** Those to look at again now: if they are as they were, they are whole. */
  due(nowMs: number): RawName[] {
    return [...this.candidates]
      .filter(([, { arrived, sinceMs }]) => nowMs - sinceMs >= this.patienceMs(arrived.stamp))
      .map(([name]) => name);
  }

  /** When one of them is due next; infinite where none is waited for. */
  dueAtMs(): number {
    let earliest = Infinity;
    for (const { arrived, sinceMs } of this.candidates.values()) {
      earliest = Math.min(earliest, sinceMs + this.patienceMs(arrived.stamp));
    }
    return earliest;
  }

  /** The next one, where it is whole. One that came before it and may be whole too is waited for, until that is known. */
  take(): Arrived | undefined {
    const [next] = this.whole;
    if (!next || this.hasEarlier(next)) return undefined;
    this.whole.shift();
    this.wholeNames.delete(next.name);
    this.taken.add(next.name);
    return next;
  }

  /** Nothing has this name now; what comes under it later is another file. */
  gone(name: RawName): void {
    this.taken.delete(name);
    this.candidates.delete(name);
    if (!this.wholeNames.delete(name)) return;
    this.whole.splice(
      this.whole.findIndex((arrived) => arrived.name === name),
      1,
    );
  }

  /** It is to be taken again as it is. */
  giveBack(arrived: Arrived): void {
    if (this.taken.delete(arrived.name)) this.insert(arrived);
  }

  private hasEarlier(next: Arrived): boolean {
    for (const { arrived, isWritten } of this.candidates.values()) {
      if (!isWritten && arrived.stamp.bytes > 0 && byArrival(arrived, next) < 0) return true;
    }
    return false;
  }

  private insert(arrived: Arrived): void {
    const { whole } = this;
    let [low, high] = [0, whole.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byArrival(whole[middle] as Arrived, arrived) < 0) low = middle + 1;
      else high = middle;
    }
    whole.splice(low, 0, arrived);
    this.wholeNames.add(arrived.name);
  }

  private patienceMs({ bytes }: FileStamp): number {
    return this.options.settleMs * (bytes === 0 ? EMPTY_PATIENCE : 1);
  }
}
