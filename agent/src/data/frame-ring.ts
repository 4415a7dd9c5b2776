import { untilAborted } from '../adapters/until-aborted.js';
import { within } from '../adapters/within.js';
import type { DecodedFrame } from './decoded-frame.js';

export interface FrameRingLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
}

/** The last few frames, the oldest of which go first when either limit is reached. */
export class FrameRing {
  private entries: { readonly frame: DecodedFrame; readonly bytes: number }[] = [];
  private bytes = 0;
  private onAdded: () => void = () => undefined;

  constructor(private readonly limits: FrameRingLimits) {}

  add(frame: DecodedFrame, bytes: number): void {
    if (bytes > this.limits.maxBytes) return;
    this.entries.push({ frame, bytes });
    this.bytes += bytes;
    while (this.entries.length > this.limits.maxFrames || this.bytes > this.limits.maxBytes) {
      this.bytes -= this.entries.shift()?.bytes ?? 0;
    }
    this.onAdded();
  }

  /** The frames once there are so many, or after `waitMs` those that have come. One caller at a time. */
  async gather(count: number, waitMs: number, signal: AbortSignal): Promise<readonly DecodedFrame[]> {
    const enough = new Promise<void>((resolve) => {
      this.onAdded = () => {
        if (this.entries.length >= count) resolve();
      };
    });
    this.onAdded();
    await within(waitMs, signal, (limited) => untilAborted(enough, limited));
    this.onAdded = () => undefined;
    signal.throwIfAborted();
    return this.frames;
  }

  /** Oldest first. */
  get frames(): readonly DecodedFrame[] {
    return this.entries.map(({ frame }) => frame);
  }

  clear(): void {
    this.entries = [];
    this.bytes = 0;
  }
}
