import type { DecodedFrame } from './decoded-frame.js';

export interface FrameRingLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
}

/** The last few frames, the oldest of which go first when either limit is reached. */
export class FrameRing {
  #entries: { readonly frame: DecodedFrame; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(private readonly limits: FrameRingLimits) {}

  add(frame: DecodedFrame, bytes: number): void {
    if (bytes > this.limits.maxBytes) return;
    this.#entries.push({ frame, bytes });
    this.#bytes += bytes;
    while (this.#entries.length > this.limits.maxFrames || this.#bytes > this.limits.maxBytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
    }
  }

  /** Oldest first. */
  get frames(): readonly DecodedFrame[] {
    return this.#entries.map(({ frame }) => frame);
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }
}
