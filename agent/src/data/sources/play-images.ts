import type { ImageFrame } from '../frame.js';
import type { FrameDoor } from '../frame-door.js';
import type { Pacer } from './pacer.js';

/** Where images come from, one after the other until the signal is aborted. When they come is the pacer's matter. */
export interface ImageSource {
  images(signal: AbortSignal): AsyncIterable<UpcomingImage>;
}

export interface UpcomingImage {
  /** Called when it is due. The source itself tells why there is no frame. */
  read(): Promise<ImageFrame | NoFrame>;
  /** It was read, and is no image that decodes. */
  undecodable(detail: string): void;
}

/** `gone`: nothing came; `unreadable`: something came that is no frame, which counts like one that does not decode. */
export type NoFrame = 'gone' | 'unreadable';

/** Frames under way to their model. */
export interface Source {
  /** Settles when the frame under way has its result. */
  stop(): Promise<void>;
}

export interface PlayParts {
  readonly images: ImageSource;
  readonly pacer: Pacer;
  readonly door: Pick<FrameDoor, 'infer' | 'skip' | 'rejectUnreadable'>;
}

/** Puts images before a model like a camera: one frame in flight. */
export function playImages({ images, pacer, door }: PlayParts): Source {
  const aborter = new AbortController();
  const { signal } = aborter;
  const run = async (): Promise<void> => {
    for await (const image of images.images(signal)) {
      await pacer.due(signal);
      if (signal.aborted) return;
      const frame = await image.read();
      if (frame === 'unreadable') door.rejectUnreadable();
      if (typeof frame === 'string') continue;
      const outcome = await door.infer(frame);
      if (outcome.ok) continue;
      if (outcome.error.code === 'undecodable') image.undecodable(outcome.error.detail);
      if (outcome.error.code === 'overloaded') door.skip();
    }
  };
  const ended = run();
  return {
    stop: async () => {
      aborter.abort();
      await ended;
    },
  };
}
