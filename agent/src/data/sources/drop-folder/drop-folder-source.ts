import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SourceOf } from '@hamon/contracts';
import type { TellCondition } from '../../../conditions.js';
import type { OnDataEvent } from '../../data-events.js';
import type { FrameReader, FrameSource, SourceState } from '../frame-source.js';
import { BegunJournal } from './begun-journal.js';
import { driveTurns, type DriveTurns } from './drive-turns.js';
import { DropFolder } from './drop-folder.js';
import { DropItem } from './drop-item.js';
import { DropReader, type DropSupply } from './drop-reader.js';
import { shownName } from './raw-name.js';

export interface DropFolderSourceOptions extends SourceOf<'drop-folder'> {
  /** The stream that it is opened for; the first one where several share it. */
  readonly stream: string;
  readonly stateFolder: string;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly now: () => Date;
  readonly hasEvents?: boolean;
  /** How work on the drive is let in; shared with all folders if left out. */
  readonly turns?: DriveTurns;
  /** Before a file without an answer is tried again for the first time. */
  readonly firstRestMs?: number;
}

/** Files that one stream may be ahead of another that answers them too. */
const MOST_AHEAD = 4;
/** A drive that does not give a file now is asked again after so long. */
const READ_AGAIN_MS = 2000;
const STOP_GRACE_MS = 3000;
/** Answers that wait for their sinks' disks before their files are put away. */
const MOST_CLEARING = 64;

/** A folder that others put pictures into, FTP servers and network drives say: each is answered once by each stream. */
export class DropFolderSource implements FrameSource {
  private readonly folder: DropFolder;
  private readonly readers = new Set<DropReader>();
  private readonly journal: Promise<BegunJournal>;
  private readonly leaving = new AbortController();
  private readonly left = new AbortController();
  private readonly turns: DriveTurns;
  private isPumping = false;
  private pumping: Promise<void> = Promise.resolve();
  private readonly clearing = new Set<Promise<void>>();
  private readonly told = new Set<string>();
  private frames = 0;
  private lastFrameAt: Date | undefined;
  private isListed = false;

  constructor(private readonly options: DropFolderSourceOptions) {
    const { path, stateFolder, tellCondition } = options;
    this.turns = options.turns ?? driveTurns(path, this.left.signal);
    this.folder = new DropFolder({
      ...{ ...options, folder: path, turns: this.turns },
      tellTrouble: (detail) => {
        this.isListed = true;
        tellCondition('source-unreadable', detail === null ? null : { detail: `source: ${detail}` });
        if (detail !== null) this.event('', detail);
        else this.told.delete('');
      },
    });
    const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
    const journal = join(stateFolder, 'drop-folders', `${name}.begun`);
    this.journal = BegunJournal.open(journal, (detail) => this.event('journal', detail));
  }

  start(): void {
    this.folder.start();
  }

  reader(stream = this.options.stream): FrameReader {
    const supply: DropSupply = {
      stream,
      want: () => this.want(),
      begin: async (id) => (await (await this.journal).begin([id])).has(id),
      void: (item) => this.void(item),
      settled: (item, mark, kept) => this.settled(item, mark, kept),
      tell: ({ arrived }, why) => this.event(arrived.name, `${shownName(arrived.name)}: ${why}`),
    };
    const { firstRestMs = 1000 } = this.options;
    const reader = new DropReader(supply, (leaving) => this.leave(leaving), firstRestMs);
    this.readers.add(reader);
    return reader;
  }

  get state(): SourceState {
    const { frames, lastFrameAt, isListed } = this;
    const { trouble } = this.folder;
    const running = isListed ? 'running' : 'opening';
    return {
      ...{ state: trouble === null ? running : 'failing', frames, restarts: 0 },
      ...(trouble !== null && { detail: trouble }),
      ...(lastFrameAt && { lastFrameAt }),
    };
  }

  /** A drive that hangs, or a sink that never says that it is safe, leaves its files to the next start. */
  async stop(): Promise<void> {
    this.leaving.abort();
    const impatience = new AbortController();
    const patience = delay(STOP_GRACE_MS, undefined, { signal: impatience.signal }).catch(() => undefined);
    await Promise.race([this.ended(), patience]);
    impatience.abort();
    this.left.abort();
    this.folder.leave();
    await (await this.journal).close();
  }

  private async ended(): Promise<void> {
    await this.folder.stop();
    await this.pumping;
    await Promise.all(this.clearing);
  }

  private get joined(): DropReader[] {
    return [...this.readers].filter(({ isJoined }) => isJoined);
  }

  private want(): void {
    if (this.isPumping || !this.isWanted) return;
    this.isPumping = true;
    this.pumping = this.pump();
  }

  /** Files to all readers, as long as one of them has none and none is far behind. */
  private async pump(): Promise<void> {
    while (this.isWanted) {
      const arrived = await this.folder.next(this.leaving.signal);
      if (!arrived) break;
      this.frames += 1;
      this.lastFrameAt = this.options.now();
      const { joined } = this;
      const item = new DropItem(arrived, this.options.path, this.turns, joined);
      for (const reader of joined) reader.push(item);
      // They have left meanwhile.
      if (joined.length === 0) this.folder.again(arrived, 0);
    }
    this.isPumping = false;
  }

  private get isWanted(): boolean {
    const { joined } = this;
    return joined.some(({ isWanting }) => isWanting) && joined.every(({ length }) => length < MOST_AHEAD);
  }

  private async void(item: DropItem): Promise<void> {
    if (item.isVoid) return;
    item.isVoid = true;
    const read = await item.read();
    if (read.state === 'later') {
      this.event(item.arrived.name, read.detail);
      this.folder.again(item.arrived, READ_AGAIN_MS);
    } else this.folder.changed(item.arrived);
  }

  /** The file leaves once a kill cannot take its answer: what is not on the sinks' disks by then is answered again. */
  private async settled(item: DropItem, mark: string, kept: Promise<void>): Promise<void> {
    const { arrived, isAnswered } = item;
    item.forget();
    const clearing = kept
      .then(() => this.folder.finish({ arrived, isAnswered, mark }))
      .finally(() => this.clearing.delete(clearing));
    this.clearing.add(clearing);
    if (this.clearing.size >= MOST_CLEARING) await Promise.race(this.clearing);
  }

  /** Its stream is gone: what it has not answered is left to the others, or to whoever comes next. */
  private leave(reader: DropReader): void {
    this.readers.delete(reader);
    for (const item of reader.open) {
      if (item.isVoid || !item.settle(reader, false)) continue;
      if (item.isAnswered) void this.settled(item, reader.idOf(item), Promise.resolve());
      else this.folder.again(item.arrived, 0);
    }
    // Nobody waits for the one that left.
    this.want();
  }

  private event(about: string, detail: string): void {
    if (this.told.has(about)) return;
    if (this.told.size >= MOST_TOLD) this.told.clear();
    this.told.add(about);
    this.options.onEvent({ kind: 'source-unreadable', detail: `source: ${detail}`.slice(0, 500) });
  }
}

/** Troubles told already, so that none is told at each look. */
const MOST_TOLD = 1000;
