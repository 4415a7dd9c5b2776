import type { Command, Note, NoteKind } from './command.js';
import { hasSwitched, releaseSwitched } from './hold.js';
import type { ObservedMember, Observations } from './observations.js';
import { MOST_PER_DECISION, type Step } from './phase.js';
import type { Rollout } from './rollout.js';
import { withStatus } from './stage-view.js';
import { mustTransition, type RolloutEvent } from './transitions.js';
import { wayBack, type WayBack } from './way-back.js';

/** How often a decision looks whether devices are back. */
const POLL_MS = 1000;

export interface Retreat {
  readonly since: string;
  /** Shall this touched member, which was not asked yet, go back? */
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
 * Sends those back that are meant, and ends when every online one is settled. It does not wait for offline devices, whose
 * manifest lies ready, nor for any device beyond the deployment time-out. It names those that run something else in the
 * end.
 */
export function sendBack(rollout: Rollout, seen: Observations, now: Date, retreat: Retreat): Step {
  const touched = seen.members.filter(({ deployment }) => deployment !== null);
  const unasked = touched.filter((member) => member.revert === null && retreat.isMeant(member));
  const { next, commands } = askBack(rollout, unasked, retreat);
  if (unasked.length > MOST_PER_DECISION) return { next, commands, more: true };
  const unaskedNow = new Set(unasked);
  const rest = touched.filter((member) => !unaskedNow.has(member));
  const released = releaseSwitched(rest, MOST_PER_DECISION - unasked.length);
  commands.push(...released.commands);
  if (released.due > released.commands.length) return { next, commands, more: true };

  const ways = byWay(touched.filter((member) => member.revert !== null || unaskedNow.has(member)));
  const isAwaited = ways['under-way'].some(({ online }) => online);
  const deadline = Date.parse(retreat.since) + rollout.spec.gate.deploymentTimeoutSeconds * 1000;
  if (isAwaited && now.getTime() < deadline) {
    return { next, commands, wakeAtMs: now.getTime() + POLL_MS };
  }
  const ended = end(next, ways, rest.filter(hasSwitched).length, retreat.ending, now);
  return { next: ended.next, commands: [...commands, ended.note] };
}

/** Asks as many as one decision may, and tells once how many there are in all. */
function askBack(
  rollout: Rollout,
  unasked: readonly ObservedMember[],
  { isAnnounced, announced, beginning }: Retreat,
): { readonly next: Rollout; readonly commands: Command[] } {
  const commands: Command[] = unasked
    .slice(0, MOST_PER_DECISION)
    .map(({ device }) => ({ kind: 'revert', device }));
  if (unasked.length === 0 || isAnnounced) return { next: rollout, commands };
  const { note, text } = beginning;
  commands.push({ kind: 'note', note, stage: rollout.status.stage, text: text(unasked.length) });
  return { next: announced(rollout), commands };
}

type ByWay = Readonly<Record<WayBack, readonly ObservedMember[]>>;

function byWay(asked: readonly ObservedMember[]): ByWay {
  const ways: Record<WayBack, ObservedMember[]> = { back: [], kept: [], lost: [], 'under-way': [] };
  for (const member of asked) ways[wayBack(member)].push(member);
  return ways;
}

/** Ends the way back, and says who is where. */
function end(
  rollout: Rollout,
  ways: ByWay,
  keeping: number,
  { note, event, text }: Retreat['ending'],
  now: Date,
): { readonly next: Rollout; readonly note: Note } {
  const missing = ways['under-way'].filter(({ online }) => online);
  const offline = ways['under-way'].length - missing.length;
  const said = [
    ...text({ back: ways.back.length, kept: ways.kept.length, keeping }),
    ...(offline > 0 ? [`${offline} offline will follow`] : []),
    ...(missing.length > 0 ? [`${missing.length} did not answer in time (${named(missing)})`] : []),
    ...(ways.lost.length > 0 ? [`${ways.lost.length} did not come back (${named(ways.lost)})`] : []),
  ].join(', ');
  const elsewhere = [...ways.lost, ...missing];
  const { reason, state, stage } = rollout.status;
  return {
    next: withStatus(rollout, {
      state: mustTransition(state, event),
      endedAt: now.toISOString(),
      reason: elsewhere.length > 0 ? `${reason}; not back: ${named(elsewhere)}` : reason,
    }),
    note: { kind: 'note', note, stage, text: said },
  };
}

/** More names than these are in the list of the rollout's devices. */
const MOST_NAMES = 5;

function named(members: readonly ObservedMember[]): string {
  const names = members
    .slice(0, MOST_NAMES)
    .map(({ device, revert }) => (revert?.reason ? `${device}: ${revert.reason.code}` : device));
  const more = members.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
