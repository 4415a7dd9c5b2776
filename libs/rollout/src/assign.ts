import type { Command } from './command.js';
import type { ObservedMember } from './observations.js';
import { currentStage, type Rollout } from './rollout.js';
import { memberOutcome } from './update-tally.js';

/**
 * The current stage's devices to assign now, and the members as they are once that is done.
 *
 * `maxParallel` bounds the deployments in flight on online devices. Offline ones take no slot and are assigned at once:
 * nobody downloads there, and their retained manifest must lie ready when they come back. A deployment that timed out has
 * given its slot up, so that a stuck one blocks no other.
 */
export function assignStage(
  rollout: Rollout,
  members: readonly ObservedMember[],
  now: Date,
): { commands: readonly Command[]; members: readonly ObservedMember[] } {
  const { devices } = currentStage(rollout);
  const inFlight = members.filter(
    (member) => member.deployment && memberOutcome(member, rollout.spec.gate, now) === 'waiting',
  ).length;
  let free = (rollout.spec.maxParallel ?? Infinity) - inFlight;
  const chosen = new Map<string, string>();
  const pending = members.filter(({ deployment, position }) => deployment === null && position < devices);
  for (const member of [...pending].sort((a, b) => a.position - b.position)) {
    if (member.online && free <= 0) continue;
    if (member.online) free -= 1;
    chosen.set(member.device, member.variant);
  }
  if (chosen.size === 0) return { commands: [], members };
  const deployment = { state: 'assigned', assignedAt: now.toISOString(), reason: null } as const;
  return {
    commands: [...chosen].map(([device, variant]) => ({ kind: 'assign', device, variant })),
    members: members.map((member) => (chosen.has(member.device) ? { ...member, deployment } : member)),
  };
}
