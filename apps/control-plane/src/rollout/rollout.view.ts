import type {
  LabelChangeView,
  MemberStatus,
  RolloutMemberView,
  RolloutState,
  RolloutView,
} from '@hamon/contracts';
import {
  hasEnded,
  memberStatus,
  memberWait,
  watchEnd,
  type MemberStatusFacts,
  type MemberLook,
  type Relabelling,
  type RolloutSpec,
} from '@hamon/rollout';
import { memberStatusFacts } from './member-facts.js';
import type { MemberRow } from './rollout-member.store.js';
import type { MemberProgress } from './rollout-progress.store.js';
import type { ShownRollout } from './stored-rollout.js';

export function viewRollout(
  { rollout, where, createdAt }: ShownRollout,
  { states: progress, offline }: MemberProgress,
): RolloutView {
  const { id, spec, status } = rollout;
  const devices = Object.values(progress).reduce((sum, count) => sum + count, 0);
  return {
    id,
    model: spec.model,
    version: spec.version,
    variant: soleVariant(spec.targets),
    targets: spec.targets.map(({ variant, choice, hardwareClasses, devices: count }) => ({
      variant,
      choice,
      hardwareClasses: [...hardwareClasses],
      devices: count,
    })),
    where,
    state: status.state,
    stages: status.stages.map((stage, i) => ({
      devices: stage.devices,
      state: stage.state,
      startedAt: stage.startedAt,
      watchingSince: stage.watchingSince,
      prolonged: stage.prolonged,
      watchEndsAt: i === status.stage ? (watchEnd(rollout)?.toISOString() ?? null) : null,
      endedAt: stage.endedAt,
      judgement: stage.judgement,
    })),
    stage: status.stage,
    labelChanges: (spec.relabellings ?? []).map(viewRelabelling),
    labelsApprovedBy: status.labelsApprovedBy ?? null,
    watchSeconds: spec.watchSeconds,
    approve: spec.approve,
    reason: status.reason,
    devices,
    devicesTouched: devices - (progress['pending'] ?? 0) - (progress['retired'] ?? 0),
    progress: { ...progress },
    offline: { count: offline.count, devices: [...offline.devices] },
    createdAt: createdAt.toISOString(),
    endedAt: status.endedAt,
  };
}

/** Members by their status in a rollout in this state. */
export function countMemberStatuses(
  groups: readonly { readonly facts: MemberStatusFacts | 'retired'; readonly count: number }[],
  state: RolloutState,
): Partial<Record<MemberStatus, number>> {
  const counts: Partial<Record<MemberStatus, number>> = {};
  for (const { facts, count } of groups) {
    const status = facts === 'retired' ? 'retired' : memberStatus(facts, state);
    counts[status] = (counts[status] ?? 0) + count;
  }
  return counts;
}

const viewRelabelling = ({ version, devices, added, gone, moved }: Relabelling): LabelChangeView => ({
  version,
  devices,
  added: { count: added.count, first: [...added.first] },
  gone: { count: gone.count, first: [...gone.first] },
  moved: { count: moved.count, first: moved.first.map((one) => ({ ...one })) },
});

/** `stage`: the 0-based index of the stage that reaches the member. */
export function viewMember(row: MemberRow, { rollout }: ShownRollout, now: Date): RolloutMemberView {
  const { device, position, variant, hardware_class: hardwareClass, online, reason, retired } = row;
  const stage = rollout.spec.stages.findIndex((devices) => position < devices);
  const state = retired ? 'retired' : (row.state ?? 'pending');
  const { state: rolloutState } = rollout.status;
  return {
    device,
    variant,
    hardwareClass,
    stage,
    state,
    online,
    previousVersion: row.previous_version,
    reason,
    waitsFor: hasEnded(rolloutState) ? null : memberWait(lookOf(row), now),
    status: retired ? 'retired' : memberStatus(memberStatusFacts(row), rolloutState),
  };
}

const lookOf = (row: MemberRow): MemberLook => ({
  state: row.retired || row.cleared || row.revert_state ? null : row.state,
  online: row.online,
  held: row.held,
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  chunks: row.chunks,
  lastFrameAt: row.last_frame_at?.toISOString() ?? null,
});

function soleVariant(targets: RolloutSpec['targets']): string | null {
  const [first] = targets;
  return first && targets.every(({ variant }) => variant === first.variant) ? first.variant : null;
}
