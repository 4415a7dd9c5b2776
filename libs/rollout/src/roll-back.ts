import { isTerminal, type Judgement } from '@hamon/contracts';
import type { Command, Note } from './command.js';
import { counted } from './format.js';
import type { ObservedMember, Observations } from './observations.js';
import type { Phase, Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';

/** The touched cohort is asked every so often whether it is back. */
const POLL_MS = 1000;

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

/**
 * Reverts whoever was touched and not reverted yet, and ends when every online one is settled. Offline devices are not
 * waited for: their manifest lies ready. Nor is anybody waited for beyond the deployment time-out.
 */
export const continueRollback: Phase = (rollout, seen, now) => {
  const touched = seen.members.filter(({ deployment }) => deployment !== null);
  const unasked = touched.filter(({ revert }) => revert === null);
  const commands: Command[] = unasked.map(({ device }) => ({ kind: 'revert', device }));
  if (unasked.length > 0) {
    commands.push(note(rollout, 'rolling-back', `${counted(unasked.length, 'device')} sent back`));
  }
  const missing = touched.filter((member) => member.online && !isBack(member));
  const since = Date.parse(rollout.status.rollback?.since ?? now.toISOString());
  const deadline = since + rollout.spec.gate.deploymentTimeoutSeconds * 1000;
  if (missing.length > 0 && now.getTime() < deadline) {
    return { next: rollout, commands, wakeAtMs: now.getTime() + POLL_MS };
  }

  const outcome = rollout.status.rollback?.outcome ?? 'rolled-back';
  const offline = touched.filter((member) => !member.online && !isBack(member)).length;
  const kept = touched.filter(keepsCandidate).length;
  const { model, version } = rollout.spec;
  const text = [
    `${counted(touched.length - missing.length - offline - kept, 'device')} back`,
    ...(kept > 0 ? [`${kept} on ${model}@${version} still, having run nothing before`] : []),
    ...(offline > 0 ? [`${offline} offline will follow`] : []),
    ...(missing.length > 0 ? [`${missing.length} did not answer in time`] : []),
  ].join(', ');
  const event = outcome === 'aborted' ? 'reverted-after-abort' : 'reverted';
  return {
    next: withStatus(rollout, {
      state: mustTransition(rollout.status.state, event),
      endedAt: now.toISOString(),
    }),
    commands: [...commands, note(rollout, outcome, text)],
  };
};

/**
 * Back where it was: its way back has ended, or it had given the candidate up by itself and runs the former version.
 * `superseded` alone says nothing: the device may activate the candidate before it hears of the revert.
 */
function isBack({ revert, deployment, currentBundle, previousBundle }: ObservedMember): boolean {
  if (revert === null) return false;
  if (revert.state === 'cleared' || isTerminal(revert.state)) return true;
  if (currentBundle !== previousBundle) return false;
  const gaveUp = deployment?.state === 'refused' || deployment?.state === 'rolled-back';
  return gaveUp || revert.state === 'active';
}

/** With nothing to go back to, a device keeps what it has: a verified model, if a bad one, and never none. */
const keepsCandidate = ({ revert, bundle, currentBundle }: ObservedMember): boolean =>
  revert?.state === 'cleared' && currentBundle === bundle;

const note = (rollout: Rollout, kind: Note['note'], text: string): Note => ({
  kind: 'note',
  note: kind,
  stage: rollout.status.stage,
  text,
});
