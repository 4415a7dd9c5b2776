import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { imageFormat, MAX_IMAGE_BYTES } from '@hamon/inference';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { FrameRouter } from '../frame-router.js';
import type { ImageFrame } from '../frame.js';
import { listImages } from './image-listing.js';

export interface DirectorySourceOptions {
  /** PNG and JPEG files, subfolders included. */
  readonly path: string;
  readonly framesPerSecond: number;
  /** Another seed plays another order; each loop has an order of its own. */
  readonly shuffleSeed: number;
  readonly router: Pick<FrameRouter, 'infer' | 'skip' | 'rejectUnreadable' | 'active'>;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

export interface Source {
  /** Settles when the frame under way has its result. */
  stop(): Promise<void>;
}

const NO_MODEL_WAIT_MS = 200;
const EMPTY_FOLDER_WAIT_MS = 5000;
/** So many files in a row that cannot be read: the folder itself may be gone, which its next listing tells. */
const MOST_LOST = 3;

/** Plays a folder in a loop like a camera: at its rate, one frame in flight, what falls due meanwhile is skipped. */
export function startDirectorySource(options: DirectorySourceOptions): Source {
  const aborter = new AbortController();
  const player = new DirectoryPlayer(options, aborter.signal);
  const ended = player.run();
  return {
    stop: async () => {
      aborter.abort();
      await ended;
    },
  };
}

class DirectoryPlayer {
  private readonly options: DirectorySourceOptions;
  private readonly signal: AbortSignal;
  private readonly random: SeededRandom;
  /** Troubles told already, so that a loop does not tell them again; bounded by the listing. */
  private told = new Set<string>();
  private dueAt = performance.now();
  /** Files in a row that could not be read at all. */
  private lost = 0;

  constructor(options: DirectorySourceOptions, signal: AbortSignal) {
    this.options = options;
    this.signal = signal;
    this.random = seededRandom(options.shuffleSeed);
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      const names = await this.list();
      if (names.length === 0) await this.sleep(EMPTY_FOLDER_WAIT_MS);
      for (const name of this.random.shuffled(names)) {
        await this.untilDue();
        if (this.signal.aborted) return;
        await this.play(name);
        if (this.lost >= MOST_LOST) break;
      }
    }
  }

  /** Listed anew for each loop: images may come and go. */
  private async list(): Promise<string[]> {
    const { path } = this.options;
    try {
      const names = await listImages(path);
      this.told = new Set(names.filter((name) => this.told.has(name)));
      this.lost = 0;
      if (names.length === 0) this.tellUnreadable(`source: ${path} holds no PNG or JPEG image`);
      else this.options.tellCondition('source-unreadable', null);
      return names;
    } catch (cause) {
      this.tellUnreadable(`source: ${path} cannot be listed: ${(cause as Error).message}`);
      return [];
    }
  }

  private async untilDue(): Promise<void> {
    // Before the first model there is nobody to answer, and a camera that nobody watches skips nothing.
    while (!this.options.router.active && !this.signal.aborted) {
      await this.sleep(NO_MODEL_WAIT_MS);
      this.dueAt = performance.now();
    }
    const periodMs = 1000 / this.options.framesPerSecond;
    const missed = Math.floor((performance.now() - this.dueAt) / periodMs);
    if (missed > 0) {
      this.options.router.skip(missed);
      this.dueAt += missed * periodMs;
    }
    await this.sleep(this.dueAt - performance.now());
    this.dueAt += periodMs;
  }

  private async play(name: string): Promise<void> {
    const frame = await this.read(name);
    if (!frame) return;
    const outcome = await this.options.router.infer(frame);
    if (outcome.ok) return;
    if (outcome.error.code === 'undecodable') this.tell(name, `source: ${name}: ${outcome.error.detail}`);
    if (outcome.error.code === 'overloaded') this.options.router.skip();
  }

  private async read(name: string): Promise<ImageFrame | undefined> {
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

  /** The camera delivered something that is no frame: counted like one that does not decode. */
  private refuse(name: string, why: string): undefined {
    this.options.router.rejectUnreadable();
    this.tell(name, `source: ${name}: ${why}`);
  }

  private tellUnreadable(detail: string): void {
    this.options.tellCondition('source-unreadable', { detail });
    this.tell('.', detail);
  }

  private tell(about: string, detail: string): void {
    if (this.told.has(about)) return;
    this.told.add(about);
    this.options.onEvent({ kind: 'source-unreadable', detail: detail.slice(0, 500) });
  }

  private async sleep(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }
}
