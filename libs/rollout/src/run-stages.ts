import type { Judgement } from '@hamon/contracts';
import { assignStage } from './assign.js';
import type { Command, Note } from './command.js';
import { counted, duration } from './format.js';
import type { ObservedMember } from './observations.js';
import type { Phase } from './phase.js';
import { beginRollback } from './roll-back.js';
import { currentStage, type Rollout } from './rollout.js';
import { passStage } from './pass-stage.js';
import { judgeStage, tallyStage, withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';
import { deadlineOf, isSettled, type UpdateTally } from './update-tally.js';
import { patienceMs } from './watch-end.js';

/** A stage of which nobody can be reached pauses the rollout after so many deployment time-outs. */
const UNREACHABLE_FACTOR = 3;

/** Deploys and watches the current stage, and the next ones as far as they pass. */
export const runStages: Phase = (rollout, seen, now) => {
  const commands: Command[] = [];
  let current = rollout;
  let members = seen.members;
  for (;;) {
    // Judged before anything is assigned: a failing stage gets no further device.
    const judgement = judgeStage(current, { ...seen, members }, now);
    if (judgement.verdict === 'fail') {
      const step = beginRollback(current, judgement, { ...seen, members }, now);
      return { ...step, commands: [...commands, ...step.commands] };
    }
    const assigned = assignStage(current, members, now);
    commands.push(...assigned.commands);
    members = assigned.members;
    const watched = watchStage(current, members, judgement, now);
    commands.push(...watched.commands);
    current = watched.next;
    if (watched.outcome !== 'passed' || current.status.state !== 'running') {
      return { next: current, commands, wakeAtMs: nextDeadline(current, members, now) };
    }
  }
};

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
  if (fresh.unreachable === fresh.devices) return waitForAnybody(rollout, judgement, now);
  const commands: Command[] = [];
  let next = withStage(rollout, { judgement, unreachableSince: null });
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
  const isSettling = fresh.waiting > 0 || onProbation > 0;
  if (judgement.verdict === 'pass' && (!isSettling || exhausted)) {
    const passed = passStage(next, judgement, now);
    return { next: passed.next, commands: [...commands, ...passed.commands], outcome: 'passed' };
  }
  if (judgement.verdict === 'error' || exhausted) {
    const reason = `stage ${rollout.status.stage + 1} could not be judged: ${judgement.reason}`;
    const paused = pauseUnsure(next, judgement, reason);
    return { ...paused, commands: [...commands, ...paused.commands] };
  }
  if (!stage.prolonged) {
    next = withStage(next, { prolonged: true });
    const why =
      judgement.verdict === 'pass' && onProbation > 0
        ? `${counted(onProbation, 'device')} still on probation`
        : judgement.reason;
    const text = `watching on, at most ${duration(patienceMs(rollout) / 1000)}: ${why}`;
    commands.push({ ...note(rollout, 'watch-prolonged', text), judgement });
  }
  return { next, commands, outcome: 'waiting' };
}

/** No device that is new in the stage is there: silence promotes nothing, and after a while it is a person's to know. */
function waitForAnybody(rollout: Rollout, judgement: Judgement, now: Date): Watched {
  const since = currentStage(rollout).unreachableSince ?? now.toISOString();
  const next = withStage(rollout, { judgement, unreachableSince: since });
  const limitMs = unreachableMs(rollout);
  if (now.getTime() - Date.parse(since) < limitMs) return { next, commands: [], outcome: 'waiting' };
  const reason = `stage ${rollout.status.stage + 1}: no device of this stage could be reached for ${duration(limitMs / 1000)}`;
  return pauseUnsure(next, judgement, reason);
}

function pauseUnsure(rollout: Rollout, judgement: Judgement, reason: string): Watched {
  const state = mustTransition(rollout.status.state, 'gate-unsure');
  return {
    next: withStatus(rollout, { state, pausedBy: 'gate', reason }),
    commands: [{ ...note(rollout, 'paused', reason), judgement }],
    outcome: 'waiting',
  };
}

const unreachableMs = ({ spec }: Rollout): number =>
  UNREACHABLE_FACTOR * spec.gate.deploymentTimeoutSeconds * 1000;

/** The next moment at which time alone changes something. */
function nextDeadline(rollout: Rollout, members: readonly ObservedMember[], now: Date): number {
  const { watchingSince, unreachableSince, devices } = currentStage(rollout);
  const moments = members
    .filter(
      (member) =>
        member.online && member.position < devices && member.deployment !== null && !isSettled(member),
    )
    .map((member) => deadlineOf(member, rollout.spec.gate));
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
