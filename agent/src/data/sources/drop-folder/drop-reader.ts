import { untilAborted } from '../../../adapters/until-aborted.js';
import type { FrameFailure, FrameOutcome, ImageFrame } from '../../frame.js';
import { UNREADABLE, type FrameReader, type Taken } from '../frame-source.js';
import type { DropItem } from './drop-item.js';
import { frameId } from './frame-id.js';
import { Turns } from './turns.js';

/** What a reader asks of its source. */
export interface DropSupply {
  readonly stream: string;
  /** A reader waits for a file: the folder's next one is for all of them. */
  want(): void;
  /** Notes that this answer is begun; true where it was begun before. */
  begin(id: string): Promise<boolean>;
  /** The file cannot be read as it was taken. */
  void(item: DropItem): Promise<void>;
  settled(item: DropItem, mark: string, kept: Promise<void>): Promise<void>;
  /** A file that no answer is to be had for. */
  tell(item: DropItem, why: string): void;
}

interface Resting {
  readonly item: DropItem;
  readonly untilMs: number;
}

const READ_AHEAD = 2;
const LONGEST_REST_MS = 60_000;
/** A device without a model looks again after so long at most. */
const LONGEST_ASKED_MS = 10_000;
/** Files that wait for another try at most; while there are so many, no other is taken. */
const MOST_RESTING = 16;
/** A file without an answer so often, while others have theirs, never has one. */
const MOST_TRIES = 5;
/** Each rest is so many times the one before: together they are minutes, which a model takes to be started anew. */
const REST_GROWTH = 4;

/** One stream's way through a folder: every file once, in order, and again while neither edge nor cloud can answer. */
export class DropReader implements FrameReader {
  private readonly queue: DropItem[] = [];
  private resting: Resting[] = [];
  private readonly tries = new Map<DropItem, { rests: number; faults: number }>();
  private last: { readonly item: DropItem; readonly isAnswered: boolean } | undefined;
  private readonly arrived = new Turns();
  private hasJoined = false;

  constructor(
    private readonly supply: DropSupply,
    private readonly left: (reader: DropReader) => void,
    private readonly firstRestMs: number,
  ) {}

  /** It takes files: those that come are held until it has had them. */
  get isJoined(): boolean {
    return this.hasJoined;
  }

  /** It would take one now: the next file is read while the last one is before its model. */
  get isWanting(): boolean {
    return this.hasJoined && this.resting.length < MOST_RESTING && this.queue.length < READ_AHEAD;
  }

  get length(): number {
    return this.queue.length;
  }

  /** Everything that it has not settled. */
  get open(): DropItem[] {
    return [...this.queue, ...this.resting.map(({ item }) => item)];
  }

  push(item: DropItem): void {
    this.queue.push(item);
    void item.read();
    this.arrived.wake();
  }

  async ready(signal: AbortSignal): Promise<void> {
    this.hasJoined = true;
    while (!signal.aborted && this.hasJoined && !this.hasNext()) {
      this.supply.want();
      await this.arrived.next(signal, (this.resting[0]?.untilMs ?? Infinity) - performance.now());
    }
  }

  async next(signal: AbortSignal): Promise<Taken | null> {
    for (;;) {
      await this.ready(signal);
      const item = signal.aborted ? undefined : this.following();
      if (!item) return null;
      const taken = await this.take(item, signal);
      if (taken) return taken;
    }
  }

  /** A folder has no newest picture: each has its own turn. */
  async latest(signal: AbortSignal): Promise<null> {
    while (!signal.aborted) await this.arrived.next(signal);
    return null;
  }

  fresh(signal: AbortSignal): Promise<null> {
    return this.latest(signal);
  }

  close(): void {
    this.left(this);
    this.hasJoined = false;
    this.queue.length = 0;
    this.resting = [];
    this.tries.clear();
    this.arrived.wake();
  }

  private hasNext(): boolean {
    return this.queue.length > 0 || (this.resting[0]?.untilMs ?? Infinity) <= performance.now();
  }

  private following(): DropItem | undefined {
    const [first] = this.resting;
    if (first && first.untilMs <= performance.now()) return this.resting.shift()?.item;
    const item = this.queue.shift();
    this.supply.want();
    return item;
  }

  /** Undefined where it is not there as it was. */
  private async take(item: DropItem, signal: AbortSignal): Promise<Taken | undefined> {
    if (item.isVoid) return undefined;
    const read = await untilAborted(item.read(), signal);
    if (!read) {
      // Its drive may hang.
      this.queue.unshift(item);
      return undefined;
    }
    switch (read.state) {
      case 'image':
        return this.frameOf(item, read.frame, signal);
      case 'unreadable':
        this.supply.tell(item, read.detail);
        await this.away(item, false, Promise.resolve(), signal);
        return UNREADABLE;
      default:
        await this.supply.void(item);
        return undefined;
    }
  }

  idOf({ arrived }: DropItem): string {
    return frameId(this.supply.stream, arrived.name, arrived.stamp);
  }

  private async frameOf(item: DropItem, frame: ImageFrame, signal: AbortSignal): Promise<Taken> {
    const id = this.idOf(item);
    const isRepeat = await this.supply.begin(id);
    const takenAt = new Date(Number(item.arrived.stamp.modifiedNs / 1_000_000n));
    const isDated = takenAt.getTime() > 0;
    const origin = {
      id,
      ...(isDated && { takenAt: takenAt.toISOString() }),
      ...(isRepeat && { repeat: true as const }),
    };
    return {
      frame: { ...frame, origin },
      skipped: 0,
      settle: (outcome, kept = Promise.resolve()) => this.settle(item, outcome, kept, signal),
    };
  }

  private async settle(
    item: DropItem,
    outcome: FrameOutcome,
    kept: Promise<void>,
    signal: AbortSignal,
  ): Promise<'again' | void> {
    const isAgain = !outcome.ok && this.mayTryAgain(item, outcome.error);
    this.last = { item, isAnswered: outcome.ok };
    if (isAgain) {
      this.rest(item, outcome.error);
      return 'again';
    }
    this.tries.delete(item);
    if (!outcome.ok) this.supply.tell(item, outcome.error.detail);
    await this.away(item, outcome.ok, kept, signal);
    return undefined;
  }

  /** A stream that ends does not wait for its drive. */
  private async away(
    item: DropItem,
    isAnswered: boolean,
    kept: Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (!item.settle(this, isAnswered)) return;
    await untilAborted(this.supply.settled(item, this.idOf(item), kept), signal);
  }

  /**
   * A device without a model, or one that stops, says nothing of the file. One that is without an answer while another has
   * its own may be what breaks the model.
   */
  private mayTryAgain(item: DropItem, { code }: FrameFailure): boolean {
    if (code === 'undecodable' || code === 'input-mismatch') return false;
    if (code !== 'unanswered') return true;
    const { last } = this;
    const { rests, faults } = this.tries.get(item) ?? { rests: 0, faults: 0 };
    const isItsFault = last === undefined || last.item === item || last.isAnswered;
    const now = { rests, faults: faults + (isItsFault ? 1 : 0) };
    this.tries.set(item, now);
    return now.faults < MOST_TRIES;
  }

  private rest(item: DropItem, { code, retryAfterMs = this.firstRestMs }: FrameFailure): void {
    item.forget();
    const { rests, faults } = this.tries.get(item) ?? { rests: 0, faults: 0 };
    this.tries.set(item, { rests: rests + 1, faults });
    const grown = Math.min(LONGEST_REST_MS, this.firstRestMs * REST_GROWTH ** Math.min(rests, 16));
    const restMs = code === 'unanswered' ? grown : Math.min(LONGEST_ASKED_MS, retryAfterMs);
    this.resting.push({ item, untilMs: performance.now() + restMs });
    this.resting.sort((a, b) => a.untilMs - b.untilMs);
  }
}
