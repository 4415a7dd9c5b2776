import type { Judgement } from '@hamon/contracts';
import type { Command, Note } from './command.js';
import { counted } from './format.js';
import type { ObservedMember, Observations } from './observations.js';
import type { Phase, Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { withStage, withStatus } from './stage-view.js';
import { mustTransition } from './transitions.js';
import { wayBack, type WayBack } from './way-back.js';

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
 * waited for: their manifest lies ready. Nor is anybody waited for beyond the deployment time-out. Whoever runs something
 * else in the end is named.
 */
export const continueRollback: Phase = (rollout, seen, now) => {
  const touched = seen.members.filter(({ deployment }) => deployment !== null);
  const unasked = touched.filter(({ revert }) => revert === null);
  const commands: Command[] = unasked.map(({ device }) => ({ kind: 'revert', device }));
  if (unasked.length > 0) {
    commands.push(note(rollout, 'rolling-back', `${counted(unasked.length, 'device')} sent back`));
  }
  const underWay = touched.filter((member) => wayBack(member) === 'under-way');
  const missing = underWay.filter(({ online }) => online);
  const since = Date.parse(rollout.status.rollback?.since ?? now.toISOString());
  const deadline = since + rollout.spec.gate.deploymentTimeoutSeconds * 1000;
  if (missing.length > 0 && now.getTime() < deadline) {
    return { next: rollout, commands, wakeAtMs: now.getTime() + POLL_MS };
  }

  const outcome = rollout.status.rollback?.outcome ?? 'rolled-back';
  const count = (way: WayBack): number => touched.filter((member) => wayBack(member) === way).length;
  const lost = touched.filter((member) => wayBack(member) === 'lost');
  const [kept, offline] = [count('kept'), underWay.length - missing.length];
  const { model, version } = rollout.spec;
  const text = [
    `${counted(count('back'), 'device')} back`,
    ...(kept > 0 ? [`${kept} on ${model}@${version} still, having run nothing before`] : []),
    ...(offline > 0 ? [`${offline} offline will follow`] : []),
    ...(missing.length > 0 ? [`${missing.length} did not answer in time (${named(missing)})`] : []),
    ...(lost.length > 0 ? [`${lost.length} did not come back (${named(lost)})`] : []),
  ].join(', ');
  const event = outcome === 'aborted' ? 'reverted-after-abort' : 'reverted';
  const { reason } = rollout.status;
  const elsewhere = [...lost, ...missing];
  return {
    next: withStatus(rollout, {
      state: mustTransition(rollout.status.state, event),
      endedAt: now.toISOString(),
      reason: elsewhere.length > 0 ? `${reason}; not back: ${named(elsewhere)}` : reason,
    }),
    commands: [...commands, note(rollout, outcome, text)],
  };
};

/** More names than these are in the list of the rollout's devices. */
const MOST_NAMES = 5;

function named(members: readonly ObservedMember[]): string {
  const names = members
    .slice(0, MOST_NAMES)
    .map(({ device, revert }) => (revert?.reason ? `${device}: ${revert.reason.code}` : device));
  const more = members.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const note = (rollout: Rollout, kind: Note['note'], text: string): Note => ({
  kind: 'note',
  note: kind,
  stage: rollout.status.stage,
  text,
});
