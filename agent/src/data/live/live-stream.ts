import type { ShownFrame } from './live-picture.js';

/** Somebody who looks at a stream. */
export interface Viewer {
  /** It has not taken the last picture yet: it gets none until then. */
  readonly isBusy: boolean;
  show(jpeg: Uint8Array): void;
  end(): void;
}

export interface LiveStreamOptions {
  readonly draw: (frame: ShownFrame) => Promise<Uint8Array>;
  /** Nobody looks any longer, and nobody has asked for a while. */
  readonly onLeft: () => void;
}

/** Five pictures a second. */
const PERIOD_MS = 200;
/** Who asked for a picture may ask for another one; until then the newest frame is kept for it. */
const INTEREST_MS = 30_000;

/** One stream while somebody looks at it: each picture is drawn once, for all who look. */
export class LiveStream {
  private readonly viewers = new Set<Viewer>();
  private readonly awaiting = new Set<() => void>();
  private latest: ShownFrame | undefined;
  private shown: ShownFrame | undefined;
  private drawn: { readonly frame: ShownFrame; readonly jpeg: Promise<Uint8Array> } | undefined;
  private isShowing = false;
  private nextAt = 0;
  private nextTimer: NodeJS.Timeout | undefined;
  private interestTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LiveStreamOptions) {}

  get viewerCount(): number {
    return this.viewers.size;
  }

  see(frame: ShownFrame): void {
    this.latest = frame;
    for (const wake of [...this.awaiting]) wake();
    this.showSoon();
  }

  /** Returns how to leave. It is shown what is newest at once. */
  join(viewer: Viewer): () => void {
    this.viewers.add(viewer);
    const { latest } = this;
    if (latest) {
      void this.pictureOf(latest).then(
        (jpeg) => this.viewers.has(viewer) && !viewer.isBusy && viewer.show(jpeg),
        () => undefined,
      );
    }
    return () => {
      this.viewers.delete(viewer);
      this.keepInterest();
    };
  }

  /** A viewer can take pictures again. */
  showSoon(): void {
    const { latest } = this;
    if (this.isShowing || !latest || latest === this.shown || !this.hasFreeViewer) return;
    const waitMs = this.nextAt - performance.now();
    if (waitMs > 0) {
      this.nextTimer ??= setTimeout(() => {
        this.nextTimer = undefined;
        this.showSoon();
      }, waitMs);
      return;
    }
    this.isShowing = true;
    this.nextAt = performance.now() + PERIOD_MS;
    this.shown = latest;
    void this.show(latest);
  }

  /** The newest frame, or the first one that comes. Undefined where none comes in time; rejects where it is no image. */
  async snapshot(signal: AbortSignal): Promise<Uint8Array | undefined> {
    this.keepInterest();
    if (!this.latest) await this.arrival(signal);
    return this.latest && this.pictureOf(this.latest);
  }

  end(): void {
    clearTimeout(this.nextTimer);
    clearTimeout(this.interestTimer);
    for (const viewer of this.viewers) viewer.end();
    this.viewers.clear();
    for (const wake of [...this.awaiting]) wake();
  }

  private get hasFreeViewer(): boolean {
    return [...this.viewers].some(({ isBusy }) => !isBusy);
  }

  private async show(frame: ShownFrame): Promise<void> {
    try {
      const jpeg = await this.pictureOf(frame);
      for (const viewer of this.viewers) if (!viewer.isBusy) viewer.show(jpeg);
    } catch {
      // No image: the frame was refused for that, which is told elsewhere.
    } finally {
      this.isShowing = false;
    }
    this.showSoon();
  }

  private pictureOf(frame: ShownFrame): Promise<Uint8Array> {
    if (this.drawn?.frame === frame) return this.drawn.jpeg;
    const jpeg = this.options.draw(frame);
    this.drawn = { frame, jpeg };
    return jpeg;
  }

  private keepInterest(): void {
    clearTimeout(this.interestTimer);
    this.interestTimer = setTimeout(() => {
      if (this.viewers.size === 0) this.options.onLeft();
    }, INTEREST_MS);
    this.interestTimer.unref();
  }

  private arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.awaiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.awaiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }
}
