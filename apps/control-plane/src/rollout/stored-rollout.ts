import { GatePolicy, type DevicePolicy } from '@hamon/contracts';
import type { Rollout, RolloutSpec, StageEvidence } from '@hamon/rollout';

/** What a rollout's row keeps besides the pure core's own state, without the evidence. */
export interface ShownRollout {
  readonly rollout: Rollout;
  readonly fleet: string;
  readonly versionId: string;
  readonly where: string;
  readonly policy: DevicePolicy;
  readonly createdAt: Date;
}

/** What a decision is made on. */
export interface StoredRollout extends ShownRollout {
  readonly evidence: StageEvidence;
  /** Windows of transactions below it have been merged into the evidence. */
  readonly evidenceCursor: string;
}

/** The `spec` column. */
export interface StoredSpec {
  readonly spec: RolloutSpec;
  readonly policy: DevicePolicy;
}

export interface ShownRow {
  readonly id: string;
  readonly fleet: string;
  readonly version_id: string;
  readonly where_expr: string;
  readonly spec: StoredSpec;
  readonly status: Rollout['status'];
  readonly created_at: Date;
}

export interface RolloutRow extends ShownRow {
  readonly evidence: StageEvidence;
  readonly evidence_cursor: string;
}

export const shownFromRow = (row: ShownRow): ShownRollout => ({
  // Rollouts stored by earlier versions lack what was added to the gate since.
  rollout: {
    id: row.id,
    spec: { ...row.spec.spec, gate: GatePolicy.parse(row.spec.spec.gate) },
    status: row.status,
  },
  fleet: row.fleet,
  versionId: row.version_id,
  where: row.where_expr,
  policy: row.spec.policy,
  createdAt: row.created_at,
});

export const fromRow = (row: RolloutRow): StoredRollout => ({
  ...shownFromRow(row),
  evidence: row.evidence,
  evidenceCursor: row.evidence_cursor,
});
