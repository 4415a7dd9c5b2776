import type { HostExit } from '@hamon/inference';
import { Emitter } from './emitter.js';
import type { Role } from './runner/model-processes.js';

/** What the parts of an agent tell each other. Made before all of them; a listener is added once both ends exist. */
export interface Notices {
  /** The device's state changed. */
  readonly stateChanged: Emitter;
  /** A trouble that lasts began or ended. */
  readonly conditionsChanged: Emitter;
  /** Something is in the outbox. */
  readonly recordAdded: Emitter;
  /** A manifest was accepted or withdrawn. */
  readonly wishChanged: Emitter;
  /** A model's process ended that nobody stopped. */
  readonly processEnded: Emitter<[role: Role | undefined, exit: HostExit]>;
}

export const makeNotices = (): Notices => ({
  stateChanged: new Emitter(),
  conditionsChanged: new Emitter(),
  recordAdded: new Emitter(),
  wishChanged: new Emitter(),
  processEnded: new Emitter(),
});
