import { watch, type FSWatcher } from 'node:fs';
import { isIgnored, pathBelow, rawName, type RawName } from './raw-name.js';

export interface FolderWatchOptions {
  readonly folder: string;
  /** A name came, went, or was replaced. */
  readonly onName: (name: RawName) => void;
  /** Somebody wrote to it, or changed what it says of itself. */
  readonly onWrite: (name: RawName) => void;
}

/** The kernel's queue holds 16,384 events by default, and drops the next ones without a word that reaches us. */
const MOST_AT_ONCE = 8192;
/** Each takes one of the system's watches, of which an account has a few thousand. */
const MOST_WATCHES = 128;

/**
 * What the kernel tells about a folder and its subfolders, where it tells anything: nothing comes from what other machines
 * do to a folder of the network. What it tells makes files quicker; a listing finds all of them without.
 */
export class FolderWatch {
  private readonly watchers = new Map<RawName, FSWatcher>();
  private burst = 0;
  private overflowed = 0;

  constructor(private readonly options: FolderWatchOptions) {}

  /** Grows each time that events may have been lost. */
  get losses(): number {
    return this.overflowed;
  }

  /** Watches these (`''` is the folder itself), and those alone. A folder that cannot be watched is listed nevertheless. */
  follow(folders: readonly RawName[]): void {
    const wanted = new Set(['', ...folders].slice(0, MOST_WATCHES));
    for (const name of this.watchers.keys()) if (!wanted.has(name)) this.unwatch(name);
    for (const name of wanted) if (!this.watchers.has(name)) this.watch(name);
  }

  /** Nothing of what was watched may be there now. */
  close(): void {
    for (const name of [...this.watchers.keys()]) this.unwatch(name);
  }

  private watch(at: RawName): void {
    try {
      const path = pathBelow(this.options.folder, at);
      const watcher = watch(path, { encoding: 'buffer', persistent: false }, (kind, own) => {
        this.count();
        if (own === null) return;
        const name = rawName(own);
        if (isIgnored(name)) return;
        const whole = at === '' ? name : `${at}/${name}`;
        if (kind === 'change') this.options.onWrite(whole);
        else this.options.onName(whole);
      });
      watcher.on('error', () => this.unwatch(at));
      this.watchers.set(at, watcher);
    } catch {
      // Not there, or no watches are left: the listings go on.
    }
  }

  private unwatch(name: RawName): void {
    this.watchers.get(name)?.close();
    this.watchers.delete(name);
  }

  private count(): void {
    if (this.burst === 0) setImmediate(() => void (this.burst = 0));
    this.burst += 1;
    if (this.burst === MOST_AT_ONCE) this.overflowed += 1;
  }
}

/**
 * Settles when every event that the kernel had before this call has been told: the first turn ends the one that is going
 * on, the second has read the whole queue.
 */
export const eventsTold = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
