import type { DeploymentState } from '@hamon/contracts';
import type { Command } from './command.js';
import type { ObservedMember } from './observations.js';

/** Does a device with such a deployment run the version, or may it come to? */
const SWITCH = {
  assigned: 'ahead',
  downloading: 'ahead',
  staged: 'ahead',
  'self-tested': 'ahead',
  shadowing: 'ahead',
  active: 'done',
  committed: 'done',
  'rolled-back': 'never',
  refused: 'never',
  superseded: 'never',
} as const satisfies Record<DeploymentState, string>;

type Touched = Pick<ObservedMember, 'revert'> & {
  readonly deployment: Pick<NonNullable<ObservedMember['deployment']>, 'state'> | null;
};

/** On its way to the version, as last heard: it may still be kept from switching. */
export const isUnswitched = ({ deployment, revert }: Touched): boolean =>
  revert === null && deployment !== null && SWITCH[deployment.state] === 'ahead';

/** What is asked of some members; `members` as they are afterwards. */
export interface Asked {
  readonly commands: readonly Command[];
  readonly members: readonly ObservedMember[];
  /** How many have to be asked, these included. */
  readonly due: number;
}

/** No device switches while the rollout stands still: those on their way whose agents can wait are told to. */
export const holdUnswitched = (members: readonly ObservedMember[], most: number): Asked =>
  ask(members, most, 'hold', (member) => isUnswitched(member) && member.canHold && !member.held);

/**
 * Lets them go on, those included that had switched before they heard: new hardware under their ids would be held for ever.
 * What a device gave up is not signed for it again.
 */
export const releaseHeld = (members: readonly ObservedMember[], most: number): Asked =>
  ask(members, most, 'release', (member) => member.held && (isUnswitched(member) || hasSwitched(member)));

/** It runs the version, and was not asked back. */
export const hasSwitched = ({ deployment, revert }: Touched): boolean =>
  revert === null && deployment !== null && SWITCH[deployment.state] === 'done';

/** Of the held members only those that have switched. */
export const releaseSwitched = (members: readonly ObservedMember[], most: number): Asked =>
  ask(members, most, 'release', (member) => member.held && hasSwitched(member));

function ask(
  members: readonly ObservedMember[],
  most: number,
  kind: 'hold' | 'release',
  isDue: (member: ObservedMember) => boolean,
): Asked {
  const due = members.filter(isDue);
  if (due.length === 0) return { commands: [], members, due: 0 };
  const asked = new Set(due.slice(0, most).map(({ device }) => device));
  return {
    commands: [...asked].map((device) => ({ kind, device })),
    members: members.map((member) =>
      asked.has(member.device) ? { ...member, held: kind === 'hold' } : member,
    ),
    due: due.length,
  };
}
