import { setTimeout as delay } from 'node:timers/promises';

/** When a stream takes its next frame. */
export interface Pace {
  /** Settles when one is due, or the signal is aborted. */
  due(signal: AbortSignal): Promise<void>;
  /** The source has or gave one, perhaps later than it was due. */
  came(): void;
  /** It is about to be taken: at most so many of those that came since the last one are missed, the others are nobody's loss. */
  taken(): number;
}

const UNWATCHED_LOOK_MS = 200;

/** Each frame as it comes, once there is a model to answer it. */
export function eachFrame(isWatched: () => boolean): Pace {
  let hasWaited = false;
  return {
    due: async (signal) => {
      hasWaited = false;
      while (!isWatched() && !signal.aborted) {
        hasWaited = true;
        await delay(UNWATCHED_LOOK_MS, undefined, { signal }).catch(() => undefined);
      }
    },
    came: () => undefined,
    taken: () => (hasWaited ? 0 : Infinity),
  };
}
