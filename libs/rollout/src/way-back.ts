import { isGivenUp, isTerminal } from '@hamon/contracts';
import type { ObservedMember } from './observations.js';

/** How far a touched device is on its way to what it ran before. */
export type WayBack =
  /** There again. */
  | 'back'
  /** It ran nothing before, and keeps the candidate: a verified model, if a bad one, and never none. */
  | 'kept'
  /** Its way back has ended, and it runs something else all the same. */
  | 'lost'
  | 'under-way';

type Observed = Pick<ObservedMember, 'revert' | 'bundle' | 'currentBundle' | 'previousBundle'> & {
  readonly deployment: Pick<NonNullable<ObservedMember['deployment']>, 'state'> | null;
};

/**
 * What a device runs decides, not what became of its way back: one that was refused ends too. Where it runs what it ran,
 * its way back has to have ended, or it has to have given the candidate up by itself. `superseded` alone says nothing: it
 * may activate the candidate before it hears of the revert.
 */
export function wayBack(member: Observed): WayBack {
  const { revert, deployment, bundle, currentBundle, previousBundle } = member;
  if (revert === null) return 'under-way';
  if (revert.state === 'cleared') {
    if (currentBundle === bundle) return 'kept';
    return revert.heard === false ? 'under-way' : 'back';
  }
  const isThere = revert.state === 'active' || revert.state === 'committed';
  if (currentBundle === previousBundle) {
    const gaveUp = deployment !== null && isGivenUp(deployment.state);
    return gaveUp || isThere || isTerminal(revert.state) ? 'back' : 'under-way';
  }
  // What it was meant to run before and had not installed is what it was sent back to.
  if (previousBundle === null && isThere && currentBundle !== bundle) return 'back';
  // Damaged files are being installed once more.
  if (revert.state === 'committed' && currentBundle === null) return 'under-way';
  return isTerminal(revert.state) ? 'lost' : 'under-way';
}
