import type { Frame, FrameOutcome } from './frame.js';

/** The way to the device's models for whoever names one. */
export interface ModelDoor {
  /** Those that the device runs; before the first one runs, those that it is getting ready to. */
  readonly models: readonly string[];
  /** @param model one of `models`; null while there is none, which is the frame's outcome then */
  infer(frame: Frame, model: string | null): Promise<FrameOutcome>;
}
