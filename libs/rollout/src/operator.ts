import { err, ok, type Result } from '@hamon/contracts';
import { needsPerson } from './checks/gate-checks.js';
import type { Command, NoteKind } from './command.js';
import { widen } from './pass-stage.js';
import { currentStage, type Rollout } from './rollout.js';
import { withStage, withStatus } from './stage-view.js';
import { transition, type OperatorEvent } from './transitions.js';

/** Why an operator's wish is refused; the rollout is unchanged. */
export interface OperatorRefusal {
  readonly code: 'wrong-state';
  readonly detail: string;
}

export type OperatorOutcome = Result<
  { readonly next: Rollout; readonly commands: readonly Command[] },
  OperatorRefusal
>;

/** Stops the widening, and devices that have not switched from switching; a failing gate still sends back. */
export function pauseRollout(rollout: Rollout, by: string): OperatorOutcome {
  return act(rollout, 'pause', 'paused', (next) => {
    const reason = `paused by ${by}`;
    return { next: withStatus(next, { pausedBy: 'operator', reason }), text: reason };
  });
}

/** Goes on where it was paused; a watch begins anew, its evidence is kept. */
export function resumeRollout(rollout: Rollout, by: string, now: Date): OperatorOutcome {
  return act(rollout, 'resume', 'resumed', (next) => {
    const { watchingSince } = currentStage(next);
    const running = withStage(withStatus(next, resumed(now)), { unreachableSince: null });
    return {
      next:
        watchingSince === null
          ? running
          : withStage(running, { watchingSince: now.toISOString(), prolonged: false }),
      text: `resumed by ${by}`,
    };
  });
}

/**
 * Lets the ripple widen: after a gate that passed, or where a gate could not judge and paused the rollout. The inconclusive judgement stays on record beside the person who answered for it. Whoever approves where labels
 * differ does so for all stages: what cannot be compared on the first devices cannot be on the others.
 */
export function approveRollout(rollout: Rollout, by: string, now: Date): OperatorOutcome {
  const { state, pausedBy, stage, stages } = rollout.status;
  if (state === 'paused' && pausedBy !== 'gate') {
    return refuse('a rollout that a person paused is resumed, not approved');
  }
  const last = stage === stages.length - 1;
  const isForLabels = currentStage(rollout).judgement?.checks.some(needsPerson) === true;
  return act(rollout, 'approve', 'approved', (next) => {
    const passed = withStatus(
      withStage(next, { state: 'passed', endedAt: currentStage(next).endedAt ?? now.toISOString() }),
      { ...resumed(now), ...(isForLabels && { labelsApprovedBy: by }) },
    );
    // After the last stage only those that were held are still to be let go.
    const moved = last ? { next: passed, commands: [] } : widen(passed, now);
    const also = isForLabels ? '; labels differ, and answers are not compared' : '';
    return { next: moved.next, text: `stage ${stage + 1} approved by ${by}${also}`, then: moved.commands };
  });
}

const resumed = (now: Date): Partial<Rollout['status']> => ({
  pausedBy: null,
  reason: '',
  heldTold: false,
  resumedAt: now.toISOString(),
});

/**
 * Ends the rollout. No further device is reached; those that have not switched are told not to, and those that have keep the
 * version. With `rollback`, every touched device goes back.
 */
export function abortRollout(
  rollout: Rollout,
  { by, rollback }: { readonly by: string; readonly rollback: boolean },
  now: Date,
): OperatorOutcome {
  const at = now.toISOString();
  const reason = `aborted by ${by}`;
  return rollback
    ? act(rollout, 'abort-and-revert', 'rolling-back', (next) => ({
        next: withStatus(next, { pausedBy: null, reason, rollback: { since: at, outcome: 'aborted' } }),
        text: `${reason}, touched devices go back`,
      }))
    : act(rollout, 'abort', 'withdrawing', (next) => ({
        next: withStatus(next, { pausedBy: null, reason, withdrawal: { since: at } }),
        text: `${reason}: no further device is reached, those that have not switched do not`,
      }));
}

function act(
  rollout: Rollout,
  event: OperatorEvent,
  note: NoteKind,
  change: (next: Rollout) => { next: Rollout; text: string; then?: readonly Command[] },
): OperatorOutcome {
  const { state, stage } = rollout.status;
  const after = transition(state, event);
  if (!after) {
    const instead = state === 'awaiting-approval' && event === 'resume' ? '; approve it, or abort it' : '';
    return refuse(`a rollout that is ${state} cannot be ${PARTICIPLE[event]}${instead}`);
  }
  const { next, text, then = [] } = change(withStatus(rollout, { state: after }));
  return ok({ next, commands: [{ kind: 'note', note, stage, text }, ...then] });
}

const PARTICIPLE: Readonly<Record<OperatorEvent, string>> = {
  pause: 'paused',
  resume: 'resumed',
  approve: 'approved',
  abort: 'aborted',
  'abort-and-revert': 'aborted',
};

const refuse = (detail: string): OperatorOutcome => err({ code: 'wrong-state', detail });
