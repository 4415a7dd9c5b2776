import type { DecodedFrame } from './decoded-frame.js';

/** @param bytes what the frame holds in memory */
export type FrameTap = (frame: DecodedFrame, bytes: number) => void;

/** Each tap costs every frame: more than this are taps that nobody closed. */
export const MAX_TAPS = 8;

/** Who else looks at the frames that were accepted. A tap returns at once; what it keeps is its own to bound. */
export class FrameTaps {
  private readonly taps = new Set<{ readonly tap: FrameTap }>();

  /** Returns how to close it. */
  open(tap: FrameTap): () => void {
    if (this.taps.size >= MAX_TAPS) throw new Error(`more than ${MAX_TAPS} taps on the frames`);
    const entry = { tap };
    this.taps.add(entry);
    return () => void this.taps.delete(entry);
  }

  see(frame: DecodedFrame, bytes: number): void {
    for (const { tap } of this.taps) tap(frame, bytes);
  }
}
