import type { ResultRecord } from '@hamon/contracts';
import type { Frame } from './frame.js';

/** One frame beside what became of it. */
export interface AnsweredFrame {
  readonly frame: Frame;
  readonly record: ResultRecord & { readonly id: string; readonly trace: string };
}

/** Told of each frame at once, before the next one; what takes time is done afterwards. */
export type OnAnswered = (answered: AnsweredFrame) => void;
