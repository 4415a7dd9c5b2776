import type { Arrivals } from './arrivals.js';
import type { DriveTurns } from './drive-turns.js';
import { eventsTold, FolderWatch } from './folder-watch.js';
import { seen } from './list-drops.js';
import { OWN_FOLDERS } from './put-away.js';
import type { RawName } from './raw-name.js';

export interface SightingsOptions {
  readonly folder: string;
  readonly arrivals: Arrivals;
  readonly hasEvents: boolean;
  readonly turns: DriveTurns;
  /** Something was seen. */
  readonly onSeen: () => void;
}

/** Looks under way at most; of what comes beyond them, a listing tells. */
const MOST_LOOKS = 1024;

/** Looks at files as the kernel names them, and tells whole ones by how they came. */
export class Sightings {
  private readonly watch: FolderWatch;
  private readonly looks = new Map<RawName, { isWritten: boolean }>();
  private missed = false;
  private named = 0;

  constructor(private readonly options: SightingsOptions) {
    this.watch = new FolderWatch({
      folder: options.folder,
      onName: (name) => void this.look(name),
      onWrite: (name) => this.written(name),
    });
  }

  /** Subfolders to be told of, beside the folder itself. */
  follow(folders: readonly RawName[]): void {
    if (this.options.hasEvents) this.watch.follow(folders);
  }

  close(): void {
    this.watch.close();
  }

  /** Names came that were not looked at. Said once. */
  takeMissed(): boolean {
    const { missed } = this;
    this.missed = false;
    return missed;
  }

  /**
   * A name came. Renamed here in one step, its file is whole: then nobody has written under this name since, and what it
   * says of itself was changed after its last byte. Both are needed. One long write shows a part of its bytes before the
   * kernel tells of it, but leaves both times alike; and changed rights are told like a write.
   */
  async look(name: RawName): Promise<void> {
    const { looks, watch } = this;
    const { folder, arrivals, turns, onSeen } = this.options;
    if (isOwn(name) || looks.has(name) || arrivals.isSettled(name)) return;
    if (looks.size >= MOST_LOOKS) {
      this.missed = true;
      return;
    }
    const look = { isWritten: false };
    looks.set(name, look);
    const { losses } = watch;
    this.named += 1;
    const order = this.named;
    const fromMs = performance.now();
    const found = await turns(() => seen(folder, name)).catch(() => undefined);
    await eventsTold();
    looks.delete(name);
    if (!found) {
      arrivals.gone(name);
      return;
    }
    const { modifiedNs, changedNs } = found.stamp;
    const isRenamed = !look.isWritten && changedNs > modifiedNs && losses === watch.losses;
    arrivals.see({ ...found, order }, { fromMs, toMs: performance.now() }, isRenamed);
    onSeen();
  }

  private written(name: RawName): void {
    const look = this.looks.get(name);
    if (look) look.isWritten = true;
    this.options.arrivals.touch(name, performance.now());
  }
}

/** What is put away comes under a new name too. */
const isOwn = (name: RawName): boolean =>
  OWN_FOLDERS.some((own) => name === own || name.startsWith(`${own}/`));
