import type { Judgement } from '@hamon/contracts';
import { lackOf, needsPersonAlone } from './checks/gate-checks.js';
import type { Command, Note } from './command.js';
import { counted, duration } from './format.js';
import type { ObservedMember } from './observations.js';
import { awaitLabels, passStage } from './pass-stage.js';
import { currentStage, type Rollout } from './rollout.js';
import { isOutOfReach, shortfallText, type StageReach } from './stage-reach.js';
import { reachOfStage, tallyStage, withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';
import type { UpdateTally } from './update-tally.js';
import { patienceMs, unreachableMs } from './watch-end.js';

export interface Watched {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  readonly outcome: 'passed' | 'waiting';
}

/** Watches the current stage, whose devices are all assigned, and ends its watch once that is decided. */
export function watchStage(
  rollout: Rollout,
  members: readonly ObservedMember[],
  judgement: Judgement,
  now: Date,
): Watched {
  const tally = tallyStage(rollout, members, now);
  const { fresh } = tally;
  if (fresh.devices === 0)
    return pauseUnsure(withStage(rollout, { judgement }), judgement, emptyStageText(rollout));
  const reach = reachOfStage(rollout, members, now);
  // Silence promotes nothing, and after a while a person has to know.
  const awaySince = isOutOfReach(reach)
    ? (currentStage(rollout).unreachableSince ?? now.toISOString())
    : null;
  const judged = withStage(rollout, { judgement, unreachableSince: awaySince });
  if (awaySince !== null && now.getTime() - Date.parse(awaySince) >= unreachableMs(rollout))
    return pauseUnsure(judged, judgement, unreachableText(rollout, reach));
  if (fresh.unreachable === fresh.devices) return waiting(judged);
  const begun = beginWatch(judged, fresh, now);
  if (begun === undefined) return waiting(judged);
  const ended = endWatch(begun.next, judgement, tally, now);
  return { ...ended, commands: [...begun.commands, ...ended.commands] };
}

/** The rollout with a watch that has begun; `undefined` while new devices are on their way. */
function beginWatch(
  rollout: Rollout,
  fresh: UpdateTally['fresh'],
  now: Date,
): Omit<Watched, 'outcome'> | undefined {
  if (currentStage(rollout).watchingSince !== null) return { next: rollout, commands: [] };
  if (fresh.waiting > 0) return undefined;
  return {
    next: withStage(rollout, { state: 'watching', watchingSince: now.toISOString() }),
    commands: [note(rollout, 'watch-started', watchText(rollout, fresh))],
  };
}

/** What the gate's answer means for a watch, once its time is over. */
function endWatch(
  rollout: Rollout,
  judgement: Judgement,
  { fresh, onProbation }: UpdateTally,
  now: Date,
): Watched {
  const { watchingSince, unreachableSince, prolonged } = currentStage(rollout);
  const elapsedMs = watchingSince === null ? 0 : now.getTime() - Date.parse(watchingSince);
  if (elapsedMs < rollout.spec.watchSeconds * 1000) return waiting(rollout);
  const isExhausted = elapsedMs >= patienceMs(rollout);
  const isSettling = fresh.waiting > 0 || onProbation > 0;
  const isFine = judgement.verdict === 'pass' || needsPersonAlone(judgement);
  if (isFine && (!isSettling || isExhausted)) {
    return judgement.verdict === 'pass'
      ? { ...passStage(rollout, judgement, now), outcome: 'passed' }
      : // More frames would not help: asked at once, and a resume, which would only ask again, is refused.
        { ...awaitLabels(rollout, judgement), outcome: 'waiting' };
  }
  // All that could be judged is well: those who are away get their own, longer time.
  const onlyAway =
    (unreachableSince ?? null) !== null &&
    judgement.checks.every((check) => check.verdict === 'pass' || lackOf(check) !== undefined);
  if (judgement.verdict === 'error' || (isExhausted && !onlyAway)) {
    const reason = `stage ${rollout.status.stage + 1} could not be judged: ${judgement.reason}`;
    return pauseUnsure(rollout, judgement, reason);
  }
  if (prolonged) return waiting(rollout);
  const why =
    isFine && onProbation > 0 ? `${counted(onProbation, 'device')} still on probation` : judgement.reason;
  return prolong(rollout, judgement, onlyAway ? unreachableMs(rollout) : patienceMs(rollout), why);
}

const waiting = (next: Rollout): Watched => ({ next, commands: [], outcome: 'waiting' });

function prolong(rollout: Rollout, judgement: Judgement, limitMs: number, why: string): Watched {
  const text = `watching on, at most ${duration(limitMs / 1000)}: ${why}`;
  return {
    next: withStage(rollout, { prolonged: true }),
    commands: [{ ...note(rollout, 'watch-prolonged', text), judgement }],
    outcome: 'waiting',
  };
}

function pauseUnsure(rollout: Rollout, judgement: Judgement, reason: string): Watched {
  const state = mustTransition(rollout.status.state, 'gate-unsure');
  return {
    next: withStatus(rollout, { state, pausedBy: 'gate', reason }),
    commands: [{ ...note(rollout, 'paused', reason), judgement }],
    outcome: 'waiting',
  };
}

/** All new devices of the stage are retired: they can show nothing, and a person has to decide what follows. */
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
