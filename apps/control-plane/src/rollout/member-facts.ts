import type { DeploymentState, Reason } from '@hamon/contracts';
import type { MemberStatusFacts } from '@hamon/rollout';

/** The facts that decide a member's status in its rollout, as columns. */
export interface MemberFactsRow {
  readonly bundle: string;
  readonly online: boolean;
  readonly previous_bundle: string | null;
  readonly current_bundle: string | null;
  readonly can_shadow: boolean;
  readonly held: boolean;
  readonly can_hold: boolean;
  readonly state: DeploymentState | null;
  readonly reason: Reason | null;
  readonly revert_state: DeploymentState | null;
  readonly revert_reason: Reason | null;
  readonly cleared: boolean;
  readonly heard: boolean;
}

export const MEMBER_FACTS = `
  own.bundle_sha256 AS bundle, d.online AND d.retired_at IS NULL AS online,
  before.bundle_sha256 AS previous_bundle,
  (SELECT s.bundle_sha256 FROM device_slots s WHERE s.device = m.device AND s.model = r.model AND s.slot = 'current')
    AS current_bundle,
  coalesce(told.room_for_two, true) AS can_shadow,
  coalesce(w.manifest_order = 'hold' AND w.deployment_id = m.deployment_id, false) AS held,
  coalesce(d.knows_hold, false) AS can_hold,
  p.state, p.reason, back.state AS revert_state, back.reason AS revert_reason,
  m.deployment_id IS NOT NULL AND m.previous_version_id IS NULL
    AND w.deployment_id IS DISTINCT FROM m.deployment_id AS cleared,
  NOT coalesce(w.is_announced, false) OR coalesce(told.highest_sequence >= w.sequence, false) AS heard`;

/** All tables but the members themselves are joined by whole keys, so that PostgreSQL leaves them out of counts. */
export const MEMBER_TABLES = `
  rollout_members m
  LEFT JOIN known_devices d ON d.id = m.device
  LEFT JOIN rollouts r ON r.id = m.rollout_id
  LEFT JOIN known_variants own ON own.version_id = r.version_id AND own.name = m.variant
  LEFT JOIN known_variants before
    ON m.previous_installed AND before.version_id = m.previous_version_id AND before.name = m.previous_variant
  LEFT JOIN known_deployments p ON p.id = m.deployment_id
  LEFT JOIN known_deployments back ON back.id = m.revert_deployment_id
  LEFT JOIN known_targets w ON w.device = m.device AND w.model = r.model
  LEFT JOIN reported_models told ON told.device = m.device AND told.model = r.model`;

export function memberStatusFacts(row: MemberFactsRow): MemberStatusFacts {
  const { bundle, online, held, state, reason } = row;
  return {
    ...{ bundle, online, held },
    canHold: row.can_hold,
    previousBundle: row.previous_bundle,
    currentBundle: row.current_bundle,
    deployment: state && { state, reason },
    revert: revertOf(row),
  };
}

function revertOf(row: MemberFactsRow): MemberStatusFacts['revert'] {
  const { revert_state: state, revert_reason: reason, cleared, heard } = row;
  if (state) return { state, reason };
  return cleared ? { state: 'cleared', heard } : null;
}
