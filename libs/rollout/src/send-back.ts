import type { Command, NoteKind } from './command.js';
import { hasSwitched, releaseSwitched } from './hold.js';
import type { ObservedMember, Observations } from './observations.js';
import { MOST_PER_DECISION, type Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { withStatus } from './stage-view.js';
import { mustTransition, type RolloutEvent } from './transitions.js';
import { wayBack, type WayBack } from './way-back.js';

/** Who is asked every so often whether it is back. */
const POLL_MS = 1000;

export interface Retreat {
  readonly since: string;
  /** Is this touched member to be asked, that was not yet? */
  readonly isMeant: (member: ObservedMember) => boolean;
  readonly isAnnounced: boolean;
  /** How many are asked is told once for all batches. */
  readonly announced: (rollout: Rollout) => Rollout;
  readonly beginning: { readonly note: NoteKind; readonly text: (count: number) => string };
  readonly ending: {
    readonly note: NoteKind;
    readonly event: RolloutEvent;
    /** `keeping`: they were not asked, and run the version. */
    readonly text: (counts: Readonly<Record<'back' | 'kept' | 'keeping', number>>) => readonly string[];
  };
}

/**
 * Sends those back that are meant, and ends when every online one is settled. Offline devices are not waited for: their
 * manifest lies ready. Nor is anybody waited for beyond the deployment time-out. Whoever runs something else in the end is
 * named.
 */
export function sendBack(rollout: Rollout, seen: Observations, now: Date, retreat: Retreat): Step {
  const touched = seen.members.filter(({ deployment }) => deployment !== null);
  const unasked = touched.filter((member) => member.revert === null && retreat.isMeant(member));
  const commands: Command[] = unasked
    .slice(0, MOST_PER_DECISION)
    .map(({ device }) => ({ kind: 'revert', device }));
  let next = rollout;
  if (unasked.length > 0 && !retreat.isAnnounced) {
    const { note, text } = retreat.beginning;
    commands.push({ kind: 'note', note, stage: rollout.status.stage, text: text(unasked.length) });
    next = retreat.announced(rollout);
  }
  if (unasked.length > MOST_PER_DECISION) return { next, commands, more: true };
  const unaskedNow = new Set(unasked);
  const rest = touched.filter((member) => !unaskedNow.has(member));
  const released = releaseSwitched(rest, MOST_PER_DECISION - unasked.length);
  commands.push(...released.commands);
  if (released.due > released.commands.length) return { next, commands, more: true };

  const asked = touched.filter((member) => member.revert !== null || unaskedNow.has(member));
  const ways = new Map<WayBack, readonly ObservedMember[]>();
  for (const way of WAYS)
    ways.set(
      way,
      asked.filter((member) => wayBack(member) === way),
    );
  const of = (way: WayBack): readonly ObservedMember[] => ways.get(way) ?? [];
  const missing = of('under-way').filter(({ online }) => online);
  const deadline = Date.parse(retreat.since) + rollout.spec.gate.deploymentTimeoutSeconds * 1000;
  if (missing.length > 0 && now.getTime() < deadline) {
    return { next, commands, wakeAtMs: now.getTime() + POLL_MS };
  }

  const offline = of('under-way').length - missing.length;
  const { ending } = retreat;
  const keeping = rest.filter(hasSwitched).length;
  const text = [
    ...ending.text({ back: of('back').length, kept: of('kept').length, keeping }),
    ...(offline > 0 ? [`${offline} offline will follow`] : []),
    ...(missing.length > 0 ? [`${missing.length} did not answer in time (${named(missing)})`] : []),
    ...(of('lost').length > 0 ? [`${of('lost').length} did not come back (${named(of('lost'))})`] : []),
  ].join(', ');
  const elsewhere = [...of('lost'), ...missing];
  const { reason, state, stage } = rollout.status;
  return {
    next: withStatus(next, {
      state: mustTransition(state, ending.event),
      endedAt: now.toISOString(),
      reason: elsewhere.length > 0 ? `${reason}; not back: ${named(elsewhere)}` : reason,
    }),
    commands: [...commands, { kind: 'note', note: ending.note, stage, text }],
  };
}

const WAYS = ['back', 'kept', 'lost', 'under-way'] as const satisfies readonly WayBack[];

/** More names than these are in the list of the rollout's devices. */
const MOST_NAMES = 5;

function named(members: readonly ObservedMember[]): string {
  const names = members
    .slice(0, MOST_NAMES)
    .map(({ device, revert }) => (revert?.reason ? `${device}: ${revert.reason.code}` : device));
  const more = members.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
