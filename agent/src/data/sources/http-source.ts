import type { FrameReader, FrameSource, SourceState } from './frame-source.js';

const NOTHING: SourceState = { state: 'running', frames: 0, restarts: 0 };

/** No frames of its own: what comes by local HTTP goes to the model itself. */
export class HttpSource implements FrameSource {
  readonly state = NOTHING;

  start(): void {
    // Nothing comes from here.
  }

  reader(): FrameReader {
    const never = (signal: AbortSignal): Promise<null> =>
      new Promise((resolve) => {
        if (signal.aborted) resolve(null);
        signal.addEventListener('abort', () => resolve(null), { once: true });
      });
    return {
      ...{ next: never, latest: never, fresh: never },
      ready: async (signal) => void (await never(signal)),
      close: () => undefined,
    };
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
