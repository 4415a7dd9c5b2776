import { Emitter } from './emitter.js';

/** What the parts of an agent tell each other. Made before all of them; a listener is added once both ends exist. */
export interface Notices {
  /** The device's state changed. */
  readonly stateChanged: Emitter;
  /** A trouble that lasts began or ended. */
  readonly conditionsChanged: Emitter;
  /** Something is in the outbox. */
  readonly recordAdded: Emitter;
  /** A manifest of this model was accepted or withdrawn. */
  readonly wishChanged: Emitter<[model: string]>;
}

export const makeNotices = (): Notices => ({
  stateChanged: new Emitter(),
  conditionsChanged: new Emitter(),
  recordAdded: new Emitter(),
  wishChanged: new Emitter(),
});
