import type { Judgement } from '@hamon/contracts';
import type { Note } from './command.js';
import { counted } from './format.js';
import type { Observations } from './observations.js';
import type { Phase, Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { sendBack } from './send-back.js';
import { withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';

/** Stops the stage that failed and starts the way back of every touched device, of all stages. */
export function beginRollback(rollout: Rollout, judgement: Judgement, seen: Observations, now: Date): Step {
  const at = now.toISOString();
  const stopped = withStatus(withStage(rollout, { state: 'failed', endedAt: at, judgement }), {
    state: mustTransition(rollout.status.state, 'gate-failed'),
    reason: judgement.reason,
    pausedBy: null,
    rollback: { since: at, outcome: 'rolled-back' },
  });
  const note: Note = {
    kind: 'note',
    note: 'gate-failed',
    stage: rollout.status.stage,
    text: `stage ${rollout.status.stage + 1} failed: ${judgement.reason}`,
    judgement,
  };
  const { next, commands, ...rest } = continueRollback(stopped, seen, now);
  return { next, commands: [note, ...commands], ...rest };
}

/** Reverts whoever was touched, and ends when every online one is settled. */
export const continueRollback: Phase = (rollout, seen, now) => {
  const { rollback } = rollout.status;
  const outcome = rollback?.outcome ?? 'rolled-back';
  const { model, version } = rollout.spec;
  return sendBack(rollout, seen, now, {
    since: rollback?.since ?? now.toISOString(),
    isMeant: () => true,
    isAnnounced: rollback?.announced === true,
    announced: (next) => (rollback ? withStatus(next, { rollback: { ...rollback, announced: true } }) : next),
    beginning: { note: 'rolling-back', text: (count) => `${counted(count, 'device')} sent back` },
    ending: {
      note: outcome,
      event: outcome === 'aborted' ? 'reverted-after-abort' : 'reverted',
      text: ({ back, kept }) => [
        `${counted(back, 'device')} back`,
        ...(kept > 0 ? [`${kept} on ${model}@${version} still, having run nothing before`] : []),
      ],
    },
  });
};
