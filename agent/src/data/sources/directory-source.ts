import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFormat, MAX_IMAGE_BYTES } from '@hamon/inference';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { ImageFrame } from '../frame.js';
import { Turns } from './drop-folder/turns.js';
import {
  UNREADABLE,
  type FrameReader,
  type FrameSource,
  type SourceState,
  type Taken,
} from './frame-source.js';
import { listImages } from './image-listing.js';

export interface DirectorySourceOptions {
  /** PNG and JPEG files, subfolders included. */
  readonly path: string;
  /** Another seed plays another order; each loop has an order of its own. */
  readonly shuffleSeed: number;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

const EMPTY_FOLDER_WAIT_MS = 5000;
/** So many files in a row that cannot be read: the folder itself may be gone, which its next listing tells. */
const MOST_LOST = 3;

/** The images of a folder, in a loop, each time in another order. When they come is the pacer's matter. */
export class DirectorySource implements FrameSource, FrameReader {
  private readonly random: SeededRandom;
  private readonly left = new Turns();
  private isLeft = false;
  /** Troubles told already, so that a loop does not tell them again; bounded by the listing. */
  private told = new Set<string>();
  private names: readonly string[] = [];
  private nextIndex = 0;
  /** Files in a row that could not be read at all. */
  private lost = 0;
  private frames = 0;
  private lastFrameAt: Date | undefined;
  private trouble: string | undefined;

  constructor(private readonly options: DirectorySourceOptions) {
    this.random = seededRandom(options.shuffleSeed);
  }

  start(): void {
    // Files are read when they are asked for.
  }

  reader(): FrameReader {
    return this;
  }

  get state(): SourceState {
    const { frames, lastFrameAt, trouble } = this;
    return {
      ...{ state: trouble === undefined ? 'running' : 'failing', frames, restarts: 0 },
      ...(trouble !== undefined && { detail: trouble }),
      ...(lastFrameAt && { lastFrameAt }),
    };
  }

  async next(signal: AbortSignal): Promise<Taken | null> {
    while (!signal.aborted && !this.isLeft) {
      await this.ready(signal);
      const name = this.names[this.nextIndex];
      if (name === undefined || signal.aborted) continue;
      this.nextIndex += 1;
      const frame = await this.read(name);
      if (frame === UNREADABLE) return frame;
      if (frame) return this.taken(name, frame);
    }
    return null;
  }

  latest(signal: AbortSignal): Promise<Taken | null> {
    return this.next(signal);
  }

  fresh(signal: AbortSignal): Promise<Taken | null> {
    return this.next(signal);
  }

  /** Listed anew for each loop: images may come and go. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!this.hasNext && !signal.aborted && !this.isLeft) {
      this.names = this.random.shuffled(await this.list());
      this.nextIndex = 0;
      if (!this.hasNext && !this.isLeft) await this.left.next(signal, EMPTY_FOLDER_WAIT_MS);
    }
  }

  close(): void {
    this.isLeft = true;
    this.left.wake();
  }

  stop(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  private get hasNext(): boolean {
    return this.nextIndex < this.names.length && this.lost < MOST_LOST;
  }

  private taken(name: string, frame: ImageFrame): Taken {
    this.frames += 1;
    this.lastFrameAt = new Date();
    return {
      ...{ frame, skipped: 0 },
      settle: (outcome) => {
        if (outcome.ok || outcome.error.code !== 'undecodable') return;
        this.tell(name, `source: ${name}: ${outcome.error.detail}`);
      },
    };
  }

  private async list(): Promise<string[]> {
    const { path } = this.options;
    try {
      const names = await listImages(path);
      this.told = new Set(names.filter((name) => this.told.has(name)));
      this.lost = 0;
      if (names.length === 0) this.tellUnreadable(`source: ${path} holds no PNG or JPEG image`);
      else this.tellReadable();
      return names;
    } catch (cause) {
      this.tellUnreadable(`source: ${path} cannot be listed: ${(cause as Error).message}`);
      return [];
    }
  }

  /** Undefined where nothing came. */
  private async read(name: string): Promise<ImageFrame | typeof UNREADABLE | undefined> {
    const path = join(this.options.path, name);
    try {
      const { size } = await stat(path);
      if (size > MAX_IMAGE_BYTES) {
        return this.refuse(name, `has ${size} bytes, at most ${MAX_IMAGE_BYTES} are read`);
      }
      const bytes = await readFile(path);
      this.lost = 0;
      const format = imageFormat(bytes);
      if (!format) return this.refuse(name, 'is neither PNG nor JPEG');
      return { kind: 'image', bytes, mediaType: `image/${format}`, name };
    } catch (cause) {
      // Taken away since it was listed, or the folder is: no frame has come.
      this.lost += 1;
      this.tell(name, `source: ${name}: ${(cause as Error).message}`);
      return undefined;
    }
  }

  private refuse(name: string, why: string): typeof UNREADABLE {
    this.tell(name, `source: ${name}: ${why}`);
    return UNREADABLE;
  }

  private tellReadable(): void {
    this.trouble = undefined;
    this.options.tellCondition('source-unreadable', null);
  }

  private tellUnreadable(detail: string): void {
    this.trouble = detail;
    this.options.tellCondition('source-unreadable', { detail });
    this.tell('.', detail);
  }

  private tell(about: string, detail: string): void {
    if (this.told.has(about)) return;
    this.told.add(about);
    this.options.onEvent({ kind: 'source-unreadable', detail: detail.slice(0, 500) });
  }
}
