import type { Command, Note } from './command.js';
import { counted } from './format.js';
import { holdUnswitched, isUnswitched } from './hold.js';
import type { ObservedMember } from './observations.js';
import type { Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { withStatus } from './stage-view.js';

/** Keeps devices that have not switched from switching, in a rollout that is paused. */
export function standStill(rollout: Rollout, members: readonly ObservedMember[], most: number): Step {
  const held = holdUnswitched(members, most);
  const commands: Command[] = [...held.commands];
  let next = rollout;
  if (rollout.status.heldTold !== true && members.some(isUnswitched)) {
    next = withStatus(rollout, { heldTold: true });
    commands.push(heldNote(rollout, members));
  }
  return { next, commands, more: held.due > held.commands.length };
}

function heldNote(rollout: Rollout, members: readonly ObservedMember[]): Note {
  const unswitched = members.filter(isUnswitched);
  const able = unswitched.filter(({ canHold }) => canHold);
  const offline = able.filter(({ online }) => !online).length;
  const deaf = unswitched.length - able.length;
  const text = [
    `${counted(able.length, 'device')} held: they get ready and do not switch`,
    ...(offline > 0 ? [`${offline} of them offline, to find that when they come back`] : []),
    ...(deaf > 0 ? [`${deaf} cannot be held, their agents being of an earlier release`] : []),
  ].join(', ');
  return { kind: 'note', note: 'held', stage: rollout.status.stage, text };
}
