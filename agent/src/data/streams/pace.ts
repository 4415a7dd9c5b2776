import { setTimeout as delay } from 'node:timers/promises';

/** When a stream takes its next frame. */
export interface Pace {
  /** Settles when one is due, or the signal is aborted. True where frames that came meanwhile are nobody's loss. */
  due(signal: AbortSignal): Promise<boolean>;
}

const UNWATCHED_LOOK_MS = 200;

/** Each frame as it comes, once there is a model to answer it. */
export const eachFrame = (isWatched: () => boolean): Pace => ({
  due: async (signal) => {
    let hasWaited = false;
    while (!isWatched() && !signal.aborted) {
      hasWaited = true;
      await delay(UNWATCHED_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return hasWaited;
  },
});
