import type { Judgement } from '@hamon/contracts';
import type { Command } from './command.js';
import { counted } from './format.js';
import { currentStage, type Rollout } from './rollout.js';
import { withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';

/** Ends the current stage well by its gate: success after the last one, else on to the next or to a person. */
export function passStage(
  rollout: Rollout,
  judgement: Judgement,
  now: Date,
): { next: Rollout; commands: readonly Command[] } {
  const { stage, stages, state } = rollout.status;
  const at = now.toISOString();
  const passed = withStage(rollout, { state: 'passed', endedAt: at, judgement });
  const note = {
    kind: 'note',
    note: 'stage-passed',
    stage,
    text: `stage ${stage + 1} passed: ${judgement.reason}`,
    judgement,
  } as const;
  if (stage === stages.length - 1) {
    const done = succeed(withStatus(passed, { state: mustTransition(state, 'all-passed') }), now);
    return { next: done.next, commands: [note, ...done.commands] };
  }
  if (rollout.spec.approve === 'manual') {
    const text = `stage ${stage + 1} of ${stages.length} waits for approval`;
    return {
      next: withStatus(passed, { state: mustTransition(state, 'approval-needed') }),
      commands: [note, { kind: 'note', note: 'awaiting-approval', stage, text }],
    };
  }
  const widened = widen(withStatus(passed, { state: mustTransition(state, 'stage-passed') }), now);
  return { next: widened.next, commands: [note, ...widened.commands] };
}

/** Asks a person about a stage in which all is well, but labels differ. */
export function awaitLabels(
  rollout: Rollout,
  judgement: Judgement,
): { next: Rollout; commands: readonly Command[] } {
  const { stage, stages, state } = rollout.status;
  const reason = `stage ${stage + 1} of ${stages.length} waits for approval: ${judgement.reason}`;
  return {
    next: withStatus(rollout, { state: mustTransition(state, 'approval-needed'), reason }),
    commands: [{ kind: 'note', note: 'awaiting-approval', stage, text: reason, judgement }],
  };
}

/** Moves on to the next stage. */
export function widen(rollout: Rollout, now: Date): { next: Rollout; commands: readonly Command[] } {
  const stage = rollout.status.stage + 1;
  const next = withStage(withStatus(rollout, { stage }), {
    state: 'deploying',
    startedAt: now.toISOString(),
  });
  const text = `stage ${stage + 1} of ${next.status.stages.length}: ${counted(currentStage(next).devices, 'device')}`;
  return { next, commands: [{ kind: 'note', note: 'stage-started', stage, text }] };
}

/** Closes a rollout whose last stage is through. */
export function succeed(rollout: Rollout, now: Date): { next: Rollout; commands: readonly Command[] } {
  const { model, version } = rollout.spec;
  const { stage } = rollout.status;
  const text = `${model}@${version} is out on ${counted(currentStage(rollout).devices, 'device')}`;
  return {
    next: withStatus(rollout, { endedAt: now.toISOString() }),
    commands: [{ kind: 'note', note: 'succeeded', stage, text }],
  };
}
