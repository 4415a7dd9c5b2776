import type { Command } from './command.js';
import type { ObservedMember } from './observations.js';
import { currentStage, deploymentClock, type Rollout } from './rollout.js';
import { memberOutcome } from './update-tally.js';

/**
 * The current stage's devices to assign now, and the members as they are once that is done.
 *
 * `maxParallel` bounds the deployments in flight on online devices. Offline ones take no slot and are assigned at once:
 * nobody downloads there, and their retained manifest must lie ready when they come back. A deployment that timed out has
 * given its slot up, so that a stuck one blocks no other.
 *
 * @param most how many at most; `more` says that others could be assigned already
 */
export function assignStage(
  rollout: Rollout,
  members: readonly ObservedMember[],
  now: Date,
  most: number,
): { commands: readonly Command[]; members: readonly ObservedMember[]; more: boolean } {
  const { devices } = currentStage(rollout);
  const { maxParallel } = rollout.spec;
  const clock = deploymentClock(rollout);
  const isInFlight = (member: ObservedMember): boolean =>
    member.deployment !== null && memberOutcome(member, clock, now) === 'waiting';
  let free = maxParallel === null ? Infinity : maxParallel - members.filter(isInFlight).length;
  const chosen = new Map<string, string>();
  let more = false;
  const pending = members.filter(({ deployment, position }) => deployment === null && position < devices);
  for (const member of [...pending].sort((a, b) => a.position - b.position)) {
    if (member.online && free <= 0) continue;
    if (chosen.size >= most) {
      more = true;
      break;
    }
    if (member.online) free -= 1;
    chosen.set(member.device, member.variant);
  }
  if (chosen.size === 0) return { commands: [], members, more };
  const deployment = { state: 'assigned', assignedAt: now.toISOString(), reason: null } as const;
  return {
    commands: [...chosen].map(([device, variant]) => ({ kind: 'assign', device, variant })),
    members: members.map((member) => (chosen.has(member.device) ? { ...member, deployment } : member)),
    more,
  };
}
