import type { RolloutMemberView, RolloutView } from '@hamon/contracts';
import { watchEnd, type RolloutSpec } from '@hamon/rollout';
import type { MemberRow } from './rollout-member.store.js';
import type { ShownRollout } from './stored-rollout.js';

/** @param progress members by deployment state, `pending` for those not reached yet */
export function viewRollout(
  { rollout, where, createdAt }: ShownRollout,
  progress: Readonly<Record<string, number>>,
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
    watchSeconds: spec.watchSeconds,
    approve: spec.approve,
    reason: status.reason,
    devices,
    devicesTouched: devices - (progress['pending'] ?? 0),
    progress: { ...progress },
    createdAt: createdAt.toISOString(),
    endedAt: status.endedAt,
  };
}

/** `stage`: the 0-based index of the stage that reaches the member. */
export function viewMember(row: MemberRow, { rollout }: ShownRollout): RolloutMemberView {
  const { device, position, variant, hardware_class: hardwareClass, online, reason } = row;
  const stage = rollout.spec.stages.findIndex((devices) => position < devices);
  const state = row.state ?? 'pending';
  return {
    device,
    variant,
    hardwareClass,
    stage,
    state,
    online,
    previousVersion: row.previous_version,
    reason,
  };
}

function soleVariant(targets: RolloutSpec['targets']): string | null {
  const [first] = targets;
  return first && targets.every(({ variant }) => variant === first.variant) ? first.variant : null;
}
