import type { Region } from '@hamon/contracts';
import type { Frame } from '../frame.js';
import type { FrameDoor } from '../frame-door.js';
import { UNREADABLE, type FrameReader, type TakenFrame } from '../sources/frame-source.js';
import type { Pace } from './pace.js';

export interface PlayParts {
  readonly reader: FrameReader;
  readonly pace: Pace;
  readonly door: FrameDoor;
  /** What the model sees of each frame. */
  readonly region: Region | undefined;
  /** Settles when no sink that keeps answers can lose one that it was given. */
  readonly kept?: () => Promise<void>;
}

/**
 * Puts a source's frames before a model, one at a time, until the signal is aborted. The frame is taken when the model has a
 * place for it: what came meanwhile was replaced by it, and is counted as far as it was due. What never came is not.
 */
export async function playFrames(
  { reader, pace, door, region, kept }: PlayParts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pace.due(signal);
    await reader.ready(signal);
    pace.came();
    const place = await door.enter(signal);
    if (!place) return;
    const mostMissed = pace.taken();
    const taken = await reader.next(signal);
    pace.came();
    if (taken === null || taken === UNREADABLE) {
      place.leave();
      if (taken === UNREADABLE) door.rejectUnreadable();
      continue;
    }
    const skipped = Math.min(taken.skipped, mostMissed);
    if (skipped > 0) door.skip(skipped);
    const outcome = await place.infer(partOf(taken, region));
    const isOfferedAgain = (await taken.settle?.(outcome, kept?.())) === 'again';
    if (!outcome.ok && outcome.error.code === 'overloaded' && !isOfferedAgain) door.skip();
  }
}

/** Of a tensor there are no parts; what is a part already has its own. */
export function partOf({ frame }: TakenFrame, region: Region | undefined): Frame {
  return region && frame.kind !== 'tensor' && !frame.region ? { ...frame, region } : frame;
}
