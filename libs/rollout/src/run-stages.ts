import type { Judgement } from '@hamon/contracts';
import { assignStage } from './assign.js';
import { asksForLabels, asksOnlyForLabels } from './checks/labels.js';
import type { Command, Note } from './command.js';
import { counted, duration } from './format.js';
import type { ObservedMember } from './observations.js';
import { releaseHeld } from './hold.js';
import { MOST_PER_DECISION, type Phase, type Step } from './phase.js';
import { beginRollback } from './roll-back.js';
import { currentStage, deploymentClock, type Rollout } from './rollout.js';
import { awaitLabels, passStage, succeed } from './pass-stage.js';
import { standStill } from './stand-still.js';
import { isOutOfReach, shortfallText, type StageReach } from './stage-reach.js';
import { judgeStage, reachOfStage, tallyStage, withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';
import { deadlineOf, isSettled, type UpdateTally } from './update-tally.js';
import { patienceMs, unreachableMs } from './watch-end.js';

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

/** Whoever was held goes on, and nobody waits for it. */
function finish(rollout: Rollout, members: readonly ObservedMember[], now: Date): Step {
  const { commands, due } = releaseHeld(members, MOST_PER_DECISION);
  if (due > commands.length) return { next: rollout, commands, more: true };
  const done = succeed(withStatus(rollout, { state: mustTransition('running', 'all-passed') }), now);
  return { next: done.next, commands: [...commands, ...done.commands] };
}

interface Watched {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  readonly outcome: 'passed' | 'waiting';
}

function watchStage(
  rollout: Rollout,
  members: readonly ObservedMember[],
  judgement: Judgement,
  now: Date,
): Watched {
  const { fresh, onProbation } = tallyStage(rollout, members, now);
  const stage = currentStage(rollout);
  if (fresh.devices === 0)
    return pauseUnsure(withStage(rollout, { judgement }), judgement, emptyStageText(rollout));
  const reach = reachOfStage(rollout, members, now);
  // Silence promotes nothing, and after a while it is a person's to know.
  const awaySince = isOutOfReach(reach) ? (stage.unreachableSince ?? now.toISOString()) : null;
  let next = withStage(rollout, { judgement, unreachableSince: awaySince });
  if (awaySince !== null && now.getTime() - Date.parse(awaySince) >= unreachableMs(rollout)) {
    return pauseUnsure(next, judgement, unreachableText(rollout, reach));
  }
  const commands: Command[] = [];
  if (fresh.unreachable === fresh.devices) return { next, commands, outcome: 'waiting' };
  let since = stage.watchingSince;
  if (since === null) {
    if (fresh.waiting > 0) return { next, commands, outcome: 'waiting' };
    since = now.toISOString();
    next = withStage(next, { state: 'watching', watchingSince: since });
    commands.push(note(rollout, 'watch-started', watchText(rollout, fresh)));
  }

  const elapsedMs = now.getTime() - Date.parse(since);
  if (elapsedMs < rollout.spec.watchSeconds * 1000) return { next, commands, outcome: 'waiting' };
  const exhausted = elapsedMs >= patienceMs(rollout);
  // All that could be judged is well: those who are away get their own, longer time.
  const onlyAway =
    awaySince !== null &&
    judgement.checks.every(
      (check) => check.name === 'reached' || check.verdict === 'pass' || asksForLabels(check),
    );
  const isSettling = fresh.waiting > 0 || onProbation > 0;
  if (judgement.verdict === 'pass' && (!isSettling || exhausted)) {
    const passed = passStage(next, judgement, now);
    return { next: passed.next, commands: [...commands, ...passed.commands], outcome: 'passed' };
  }
  const isFine = judgement.verdict === 'pass' || asksOnlyForLabels(judgement);
  if (isFine && (!isSettling || exhausted)) {
    // More frames would not help: asked at once, and a resume, which would only ask again, is refused.
    const asked = awaitLabels(next, judgement);
    return { next: asked.next, commands: [...commands, ...asked.commands], outcome: 'waiting' };
  }
  if (judgement.verdict === 'error' || (exhausted && !onlyAway)) {
    const reason = `stage ${rollout.status.stage + 1} could not be judged: ${judgement.reason}`;
    const paused = pauseUnsure(next, judgement, reason);
    return { ...paused, commands: [...commands, ...paused.commands] };
  }
  if (!stage.prolonged) {
    next = withStage(next, { prolonged: true });
    const why =
      isFine && onProbation > 0 ? `${counted(onProbation, 'device')} still on probation` : judgement.reason;
    const limitMs = onlyAway ? unreachableMs(rollout) : patienceMs(rollout);
    const text = `watching on, at most ${duration(limitMs / 1000)}: ${why}`;
    commands.push({ ...note(rollout, 'watch-prolonged', text), judgement });
  }
  return { next, commands, outcome: 'waiting' };
}

/** Whoever was new in the stage is retired: it can show nothing, and what follows is a person's to decide. */
const emptyStageText = ({ status }: Rollout): string =>
  `stage ${status.stage + 1}: every device of this stage was retired; approve lets the next stage begin`;

function unreachableText(rollout: Rollout, reach: StageReach): string {
  const inTime = duration(unreachableMs(rollout) / 1000);
  const what =
    reach.reached === 0
      ? `no device of this stage could be reached for ${inTime}`
      : `${shortfallText(reach)}, for ${inTime}`;
  return `stage ${rollout.status.stage + 1}: ${what}`;
}

function pauseUnsure(rollout: Rollout, judgement: Judgement, reason: string): Watched {
  const state = mustTransition(rollout.status.state, 'gate-unsure');
  return {
    next: withStatus(rollout, { state, pausedBy: 'gate', reason }),
    commands: [{ ...note(rollout, 'paused', reason), judgement }],
    outcome: 'waiting',
  };
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

function watchText({ spec, status }: Rollout, fresh: UpdateTally['fresh']): string {
  const offline = fresh.unreachable > 0 ? `, ${fresh.unreachable} offline` : '';
  const unproven = fresh.unproven > 0 ? `, ${fresh.unproven} waiting for frames` : '';
  return `stage ${status.stage + 1}: ${counted(fresh.succeeded, 'new device')} running ${spec.model}@${spec.version}${offline}${unproven}, watching for ${duration(spec.watchSeconds)}`;
}

const note = (rollout: Rollout, kind: Note['note'], text: string): Note => ({
  kind: 'note',
  note: kind,
  stage: rollout.status.stage,
  text,
});
