import { assignStage } from './assign.js';
import type { Command } from './command.js';
import type { ObservedMember } from './observations.js';
import { releaseHeld } from './hold.js';
import { MOST_PER_DECISION, type Phase, type Step } from './phase.js';
import { beginRollback } from './roll-back.js';
import { currentStage, deploymentClock, type Rollout } from './rollout.js';
import { succeed } from './pass-stage.js';
import { standStill } from './stand-still.js';
import { judgeStage, withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';
import { deadlineOf, isSettled } from './update-tally.js';
import { patienceMs, unreachableMs } from './watch-end.js';
import { watchStage } from './watch-stage.js';

/** Deploys and watches the current stage, and the next ones as far as they pass. */
export const runStages: Phase = (rollout, seen, now) => {
  const commands: Command[] = [];
  let current = rollout;
  let members = seen.members;
  let left = MOST_PER_DECISION;
  // A person answered for the last stage while it stood still.
  if (currentStage(rollout).state === 'passed') return finish(rollout, members, now);
  for (;;) {
    // Judged before anything is assigned: a failing stage gets no further device.
    const judgement = judgeStage(current, { ...seen, members }, now);
    if (judgement.verdict === 'fail') {
      const step = beginRollback(current, judgement, { ...seen, members }, now);
      return { ...step, commands: [...commands, ...step.commands] };
    }
    const released = releaseHeld(members, left);
    commands.push(...released.commands);
    left -= released.commands.length;
    members = released.members;
    if (released.due > released.commands.length) {
      return { next: withStage(current, { judgement }), commands, more: true };
    }
    const assigned = assignStage(current, members, now, left);
    commands.push(...assigned.commands);
    left -= assigned.commands.length;
    members = assigned.members;
    // Whoever is offline is not waited for, but has to have its manifest before a watch can begin or end.
    if (assigned.more) return { next: withStage(current, { judgement }), commands, more: true };
    const watched = watchStage(current, members, judgement, now);
    commands.push(...watched.commands);
    current = watched.next;
    if (current.status.state === 'paused') {
      const still = standStill(current, members, left);
      return { ...still, commands: [...commands, ...still.commands] };
    }
    if (watched.outcome !== 'passed' || current.status.state !== 'running') {
      return { next: current, commands, wakeAtMs: nextDeadline(current, members, now) };
    }
  }
};

/** Held devices go on, and nobody waits for them. */
function finish(rollout: Rollout, members: readonly ObservedMember[], now: Date): Step {
  const { commands, due } = releaseHeld(members, MOST_PER_DECISION);
  if (due > commands.length) return { next: rollout, commands, more: true };
  const done = succeed(withStatus(rollout, { state: mustTransition('running', 'all-passed') }), now);
  return { next: done.next, commands: [...commands, ...done.commands] };
}

/** The next moment at which time alone changes something. */
function nextDeadline(rollout: Rollout, members: readonly ObservedMember[], now: Date): number {
  const { watchingSince, unreachableSince, devices } = currentStage(rollout);
  const moments = members
    .filter(
      (member) =>
        member.online && member.position < devices && member.deployment !== null && !isSettled(member),
    )
    .map((member) => deadlineOf(member, deploymentClock(rollout)));
  if (watchingSince !== null) {
    const sinceMs = Date.parse(watchingSince);
    moments.push(sinceMs + rollout.spec.watchSeconds * 1000, sinceMs + patienceMs(rollout));
  }
  if (unreachableSince) moments.push(Date.parse(unreachableSince) + unreachableMs(rollout));
  return moments.reduce((next, at) => (at > now.getTime() && at < next ? at : next), Infinity);
}
