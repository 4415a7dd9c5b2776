import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { imageFormat, MAX_IMAGE_BYTES } from '@hamon/inference';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { ImageFrame } from '../frame.js';
import type { FrameDoor } from '../frame-door.js';
import { listImages } from './image-listing.js';
import { Pacer } from './pacer.js';
import {
  playImages,
  type ImageSource,
  type NoFrame,
  type Source,
  type UpcomingImage,
} from './play-images.js';

export interface DirectorySourceOptions extends DirectoryOptions {
  readonly framesPerSecond: number;
  readonly door: FrameDoor;
}

/** Plays a folder in a loop like a camera: at its rate, one frame in flight, what falls due meanwhile is skipped. */
export function startDirectorySource(options: DirectorySourceOptions): Source {
  const { framesPerSecond, door } = options;
  const pacer = new Pacer({
    framesPerSecond,
    isWatched: () => door.isWatched,
    onMissed: (frames) => door.skip(frames),
  });
  return playImages({ images: new DirectoryImages(options), pacer, door });
}

interface DirectoryOptions {
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

/** The images of a folder, in a loop, each time in another order. */
class DirectoryImages implements ImageSource {
  private readonly random: SeededRandom;
  /** Troubles told already, so that a loop does not tell them again; bounded by the listing. */
  private told = new Set<string>();
  /** Files in a row that could not be read at all. */
  private lost = 0;

  constructor(private readonly options: DirectoryOptions) {
    this.random = seededRandom(options.shuffleSeed);
  }

  async *images(signal: AbortSignal): AsyncGenerator<UpcomingImage> {
    while (!signal.aborted) {
      const names = await this.list();
      if (names.length === 0) {
        await delay(EMPTY_FOLDER_WAIT_MS, undefined, { signal }).catch(() => undefined);
      }
      for (const name of this.random.shuffled(names)) {
        yield {
          read: () => this.read(name),
          undecodable: (detail) => this.tell(name, `source: ${name}: ${detail}`),
        };
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

  private async read(name: string): Promise<ImageFrame | NoFrame> {
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
      return 'gone';
    }
  }

  private refuse(name: string, why: string): NoFrame {
    this.tell(name, `source: ${name}: ${why}`);
    return 'unreadable';
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
}
