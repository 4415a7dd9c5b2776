import type { AnsweredFrame } from '../answered-frame.js';
import type { FrameOutcome } from '../frame.js';

/** Who asked for a frame. */
export interface Asked {
  readonly kind: string;
  /** Comes back with the answer. */
  readonly correlation?: string;
}

/** What a trigger gets for its asking: exactly one of these, also where no frame came. */
export interface TriggerAnswer {
  readonly outcome: FrameOutcome;
  readonly record: AnsweredFrame['record'];
}

/** Takes one frame of the stream and answers it. Never rejects. */
export type Fire = (asked: Asked) => Promise<TriggerAnswer>;

/** Something of the plant that says when a stream takes a frame. */
export interface Trigger {
  /** Until the signal is aborted. It tells its troubles by itself and never rejects. */
  run(fire: Fire, signal: AbortSignal): Promise<void>;
}
