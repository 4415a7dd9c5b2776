import type { MemberStatus, RolloutState } from '@hamon/contracts';
import { isUnswitched } from './hold.js';
import type { ObservedMember } from './observations.js';
import { wayBack } from './way-back.js';

export type MemberStatusFacts = Pick<
  ObservedMember,
  'online' | 'revert' | 'bundle' | 'previousBundle' | 'currentBundle' | 'held' | 'canHold'
> & { readonly deployment: Pick<NonNullable<ObservedMember['deployment']>, 'state' | 'reason'> | null };

/** States in which whoever has been touched, and has not been asked yet, is asked next. */
const SENDS_BACK: Readonly<Record<RolloutState, 'everybody' | 'unswitched' | 'nobody'>> = {
  running: 'nobody',
  paused: 'nobody',
  'awaiting-approval': 'nobody',
  'rolling-back': 'everybody',
  aborting: 'unswitched',
  succeeded: 'nobody',
  'rolled-back': 'nobody',
  aborted: 'nobody',
};

/**
 * What a device does about a rollout, as far as is known: what an operator who pauses or ends one wants to be told. Who is
 * offline does it when it comes back, by the manifest that lies ready for it.
 */
export function memberStatus(member: MemberStatusFacts, state: RolloutState): MemberStatus {
  const { deployment, revert, online } = member;
  if (deployment === null) return 'pending';
  if (revert !== null) return ofWayBack(member);
  const unswitched = isUnswitched(member);
  const sendsBack = SENDS_BACK[state];
  if (sendsBack === 'everybody' || (sendsBack === 'unswitched' && unswitched)) {
    return online ? 'returning' : 'will-return';
  }
  if (unswitched) {
    const stands = member.held || (state === 'paused' && member.canHold);
    if (stands) return online ? 'held' : 'will-hold';
    return state === 'paused' ? 'cannot-hold' : 'updating';
  }
  switch (deployment.state) {
    case 'active':
    case 'committed':
      return 'running';
    case 'superseded':
      return 'replaced';
    default:
      return 'failed';
  }
}

function ofWayBack(member: MemberStatusFacts): MemberStatus {
  switch (wayBack(member)) {
    case 'back':
      return 'returned';
    case 'kept':
      return 'running';
    case 'lost':
      return 'elsewhere';
    case 'under-way':
      return member.online ? 'returning' : 'will-return';
  }
}
