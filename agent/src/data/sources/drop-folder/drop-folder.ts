import { lstat } from 'node:fs/promises';
import { Arrivals, type Arrived } from './arrivals.js';
import { Clearing, type ClearingOptions, type Owed } from './clearing.js';
import { listDrops, seen, type Listing } from './list-drops.js';
import { OWN_FOLDERS } from './put-away.js';
import { shownName } from './raw-name.js';
import { Sightings } from './sightings.js';
import { Turns } from './turns.js';

export interface DropFolderOptions extends ClearingOptions {
  readonly settleMs: number;
  readonly pollMs: number;
  readonly recursive: boolean;
  /** False as on a drive whose files others write: no event is listened to. */
  readonly hasEvents?: boolean;
  /** A trouble of the folder itself, which lasts; null when it is over. */
  readonly tellTrouble: (detail: string | null) => void;
}

/** Files known at once; of a folder that holds more, the earliest are gone through first. */
const MOST_KNOWN = 4096;
/** A drive that has not answered for so long is in trouble. */
const SLOW_MS = 30_000;

/**
 * A folder that others put files into: hands each whole file out once, in order of arrival, and puts it away when it is
 * told what became of it. Kernel events make it quick, listings make it complete: a folder of the network has no events, and
 * an event may be lost.
 */
export class DropFolder {
  private readonly arrivals: Arrivals;
  private readonly sightings: Sightings;
  private readonly clearing: Clearing;
  private readonly aborter = new AbortController();
  /** For those who wait for a file, and for the loop. */
  private readonly files = new Turns();
  private readonly work = new Turns();
  private resting: { readonly arrived: Arrived; readonly untilMs: number }[] = [];
  private running: Promise<void> = Promise.resolve();
  private listAtMs = 0;
  private identity = '';
  private canPutAway = false;
  private standing: string | null = null;
  private hasMore = false;
  private isLeft = false;

  constructor(private readonly options: DropFolderOptions) {
    const { folder, settleMs, turns, hasEvents = true } = options;
    this.arrivals = new Arrivals({ settleMs, most: MOST_KNOWN });
    this.clearing = new Clearing(options);
    this.sightings = new Sightings({
      ...{ folder, hasEvents, turns, arrivals: this.arrivals },
      onSeen: () => {
        this.files.wake();
        // The first one to wait for moves the loop's next turn; the others are due after it.
        if (this.arrivals.unsettled === 1) this.work.wake();
      },
    });
  }

  start(): void {
    this.running = this.run();
  }

  /** Settles when nothing of it moves a file. */
  async stop(): Promise<void> {
    this.aborter.abort();
    this.files.wake();
    await this.running;
    await this.clearing.close();
    this.sightings.close();
  }

  /** What hangs is left behind, and tells nothing more. */
  leave(): void {
    this.isLeft = true;
    this.sightings.close();
  }

  /** Why nothing is taken; null where all is well. */
  get trouble(): string | null {
    return this.standing;
  }

  /** The next whole file; null where the signal is aborted, or this is stopped. */
  async next(signal: AbortSignal): Promise<Arrived | null> {
    while (!signal.aborted && !this.aborter.signal.aborted) {
      // What cannot be put away would be answered over and over: nothing more is taken meanwhile.
      const isClear = this.canPutAway && this.clearing.owed === 0;
      const arrived = isClear ? this.arrivals.take() : undefined;
      if (!arrived) {
        await this.files.next(signal);
        continue;
      }
      if (this.hasMore && this.arrivals.room > MOST_KNOWN / 2) this.listSoon();
      return arrived;
    }
    return null;
  }

  /** It has its answer, or is no image. What cannot be put away now is tried again until it can. */
  async finish(owed: Owed): Promise<void> {
    await this.clear(owed);
  }

  /** It has no answer yet, and is taken again after a while. */
  again(arrived: Arrived, afterMs: number): void {
    this.resting.push({ arrived, untilMs: performance.now() + afterMs });
    this.work.wake();
  }

  /** It is not what it was when it was taken: whatever has its name now is seen anew. */
  changed({ name }: Arrived): void {
    this.arrivals.gone(name);
    void this.sightings.look(name);
  }

  private async run(): Promise<void> {
    const { signal } = this.aborter;
    await this.clearing.sweep();
    while (!signal.aborted) {
      this.wakeRested();
      if (performance.now() >= this.listAtMs) await this.list();
      await this.lookAgain();
      await this.payOwed();
      this.files.wake();
      const rested = this.resting.map(({ untilMs }) => untilMs);
      const dueMs = Math.min(this.listAtMs, this.arrivals.dueAtMs(), ...rested);
      await this.work.next(signal, Math.max(1, dueMs - performance.now()));
    }
  }

  private listSoon(): void {
    this.hasMore = false;
    this.listAtMs = 0;
    this.work.wake();
  }

  private async list(): Promise<void> {
    const { folder, pollMs } = this.options;
    const fromMs = performance.now();
    const slow = setTimeout(() => this.tell(`${folder} has not answered for ${SLOW_MS / 1000} s`), SLOW_MS);
    try {
      await this.follow();
      await this.look(fromMs);
      await this.prepare();
      this.clearing.trimWhenDue();
    } catch (cause) {
      this.canPutAway = false;
      this.sightings.close();
      this.tell(`${folder} cannot be listed: ${(cause as Error).message}`);
    } finally {
      clearTimeout(slow);
    }
    // A drive that takes long for one listing is not kept busy with them.
    this.listAtMs = performance.now() + Math.max(pollMs, 5 * (performance.now() - fromMs));
  }

  /** A folder that was made anew, or mounted, is another one: the kernel's events are still of the old one. */
  private async follow(): Promise<void> {
    const { folder, turns } = this.options;
    const { dev, ino } = await turns(() => lstat(folder));
    const identity = `${dev}:${ino}`;
    if (identity !== this.identity) this.sightings.close();
    this.identity = identity;
    this.watch([]);
  }

  private watch(folders: Listing['folders']): void {
    if (!this.isLeft) this.sightings.follow(folders);
  }

  private async look(fromMs: number): Promise<void> {
    const { arrivals, sightings } = this;
    const { folder, recursive, turns } = this.options;
    if (arrivals.room < MOST_KNOWN / 2) {
      // There is enough to do: a folder of a hundred thousand files is not gone through for nothing.
      this.hasMore = true;
      return;
    }
    const { files, total, folders } = await listDrops({
      ...{ folder, recursive, turns, except: OWN_FOLDERS },
      most: arrivals.room + arrivals.unsettled,
      isWanted: (name) => !arrivals.isSettled(name),
    });
    const look = { fromMs, toMs: performance.now() };
    for (const arrived of files) arrivals.see(arrived, look);
    const missed = [arrivals.takeMissed(), sightings.takeMissed(), total > files.length];
    this.hasMore = missed.includes(true);
    this.watch(folders);
  }

  private async prepare(): Promise<void> {
    const { folder } = this.options;
    try {
      if (!this.canPutAway) await this.clearing.check();
      this.canPutAway = true;
      if (this.clearing.owed === 0) this.tell(null);
    } catch (cause) {
      this.tell(`files cannot be moved out of ${folder}, so none is taken: ${(cause as Error).message}`);
    }
  }

  private async lookAgain(): Promise<void> {
    const { arrivals } = this;
    const { folder, turns } = this.options;
    for (const name of arrivals.due(performance.now())) {
      if (this.aborter.signal.aborted) return;
      const fromMs = performance.now();
      const found = await turns(() => seen(folder, name)).catch(() => undefined);
      if (found) arrivals.see(found, { fromMs, toMs: performance.now() });
      else arrivals.gone(name);
    }
  }

  private wakeRested(): void {
    const nowMs = performance.now();
    for (const { arrived, untilMs } of this.resting) if (untilMs <= nowMs) this.arrivals.giveBack(arrived);
    this.resting = this.resting.filter(({ untilMs }) => untilMs > nowMs);
  }

  private async payOwed(): Promise<void> {
    for (let left = this.clearing.owed; left > 0; left -= 1) {
      const owed = this.clearing.next();
      if (owed) await this.clear(owed);
    }
  }

  private async clear(owed: Owed): Promise<void> {
    const { arrived } = owed;
    try {
      const became = await this.clearing.clear(owed);
      this.arrivals.gone(arrived.name);
      if (became === 'other') void this.sightings.look(arrived.name);
    } catch (cause) {
      const why = (cause as Error).message;
      this.tell(`${shownName(arrived.name)} has its answer and cannot be moved away: ${why}`);
    }
  }

  private tell(trouble: string | null): void {
    // Another one may look at the same folder by now.
    if (this.isLeft) return;
    this.standing = trouble;
    this.options.tellTrouble(trouble);
  }
}
