import { z } from 'zod';
import { Timestamp } from '../names.js';

/** One line of the history of a rollout or a compression; a server-sent event carries one, its id is `seq`. */
export const HistoryEvent = z.object({
  /** From 1, without gaps. */
  seq: z.int(),
  at: Timestamp,
  kind: z.string(),
  text: z.string(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;

/**
 * Name of the server-sent event that says how far a run is. It has no id and is not repeated: the state of the run says the
 * same.
 */
export const POSITION_EVENT = 'position';
