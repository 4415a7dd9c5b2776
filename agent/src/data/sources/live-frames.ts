import type { Frame } from '../frame.js';
import type { FrameReader, TakenFrame } from './frame-source.js';

/** What is newest, as one or several frames that belong together; `first` is the number of the first of them. */
interface Newest {
  readonly frames: readonly Frame[];
  readonly first: number;
  /** Somebody has it, and may look at it for long. */
  isTaken: boolean;
}

/**
 * The newest frames of a source that makes them at its own time. Nothing is queued: who is slow finds newer ones in the
 * place of those that it missed, which are counted.
 */
export class LiveFrames {
  private newest: Newest | null = null;
  private pushed = 0;
  private readonly waiting = new Set<() => void>();

  /** Several at once are parts of one picture. Returns those that they replace and that nobody has taken. */
  push(...frames: readonly Frame[]): readonly Frame[] {
    if (frames.length === 0) return [];
    const former = this.newest;
    this.newest = { frames, first: this.pushed, isTaken: false };
    this.pushed += frames.length;
    for (const wake of [...this.waiting]) wake();
    return former && !former.isTaken ? former.frames : [];
  }

  /** What is newest is too old to say how it looks now. */
  forget(): void {
    this.newest = null;
  }

  get count(): number {
    return this.pushed;
  }

  reader(): FrameReader {
    return new LiveReader({
      newest: () => this.newest,
      pushed: () => this.pushed,
      arrival: (signal) => this.arrival(signal),
    });
  }

  private arrival(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

interface Live {
  readonly newest: () => Newest | null;
  readonly pushed: () => number;
  /** Settles with the next frame, or when the signal is aborted. */
  readonly arrival: (signal: AbortSignal) => Promise<void>;
}

class LiveReader implements FrameReader {
  /** Number of the first frame that it has neither taken nor missed. */
  private following: number;
  private isClosed = false;

  constructor(private readonly live: Live) {
    this.following = live.pushed();
  }

  async ready(signal: AbortSignal): Promise<void> {
    while (!this.hasNext && !signal.aborted && !this.isClosed) await this.live.arrival(signal);
  }

  async next(signal: AbortSignal): Promise<TakenFrame | null> {
    await this.ready(signal);
    const newest = this.live.newest();
    if (signal.aborted || !newest) return null;
    const at = Math.max(this.following, newest.first);
    const frame = newest.frames[at - newest.first];
    if (!frame) return null;
    newest.isTaken = true;
    const skipped = at - this.following;
    this.following = at + 1;
    return { frame, skipped };
  }

  async latest(signal: AbortSignal): Promise<TakenFrame | null> {
    let newest = this.live.newest();
    while (!newest && !signal.aborted) {
      await this.live.arrival(signal);
      newest = this.live.newest();
    }
    if (!newest || signal.aborted) return null;
    const frame = newest.frames.at(-1);
    if (!frame) return null;
    newest.isTaken = true;
    this.following = newest.first + newest.frames.length;
    return { frame, skipped: 0 };
  }

  fresh(signal: AbortSignal): Promise<TakenFrame | null> {
    this.following = this.live.pushed();
    return this.next(signal);
  }

  close(): void {
    this.isClosed = true;
  }

  private get hasNext(): boolean {
    const newest = this.live.newest();
    return newest !== null && this.following < newest.first + newest.frames.length;
  }
}
