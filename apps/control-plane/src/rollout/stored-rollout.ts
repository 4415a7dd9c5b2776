import type { DevicePolicy, RolloutState } from '@hamon/contracts';
import type { Rollout, RolloutSpec, StageEvidence } from '@hamon/rollout';

/** What a rollout's row keeps besides the pure core's own state. */
export interface StoredRollout {
  readonly rollout: Rollout;
  readonly fleet: string;
  readonly versionId: string;
  readonly where: string;
  readonly policy: DevicePolicy;
  readonly evidence: StageEvidence;
  /** Windows of transactions below it have been merged into the evidence. */
  readonly evidenceCursor: string;
  readonly createdAt: Date;
}

/** The `spec` column. */
export interface StoredSpec {
  readonly spec: RolloutSpec;
  readonly policy: DevicePolicy;
}

export interface RolloutRow {
  readonly id: string;
  readonly fleet: string;
  readonly version_id: string;
  readonly where_expr: string;
  readonly spec: StoredSpec;
  readonly status: Rollout['status'];
  readonly evidence: StageEvidence;
  readonly evidence_cursor: string;
  readonly state: RolloutState;
  readonly created_at: Date;
}

export const fromRow = (row: RolloutRow): StoredRollout => ({
  rollout: { id: row.id, spec: row.spec.spec, status: row.status },
  fleet: row.fleet,
  versionId: row.version_id,
  where: row.where_expr,
  policy: row.spec.policy,
  evidence: row.evidence,
  evidenceCursor: row.evidence_cursor,
  createdAt: row.created_at,
});
