import type { DevicePolicy } from '@hamon/contracts';
import type { Rollout, StageEvidence } from '@hamon/rollout';
import { readEvidence } from './evidence-document.js';
import { readSpec, readStatus } from './rollout-documents.js';

/** What a rollout's row keeps besides the pure core's own state, without the evidence. */
export interface ShownRollout {
  readonly rollout: Rollout;
  readonly fleet: string;
  readonly versionId: string;
  readonly where: string;
  readonly policy: DevicePolicy;
  readonly createdAt: Date;
}

/** What a decision is based on. */
export interface StoredRollout extends ShownRollout {
  readonly evidence: StageEvidence;
  /** Windows of transactions below it have been merged into the evidence. */
  readonly evidenceCursor: string;
}

export interface ShownRow {
  readonly id: string;
  readonly fleet: string;
  readonly version_id: string;
  readonly where_expr: string;
  readonly spec: unknown;
  readonly status: unknown;
  readonly created_at: Date;
}

export interface RolloutRow extends ShownRow {
  readonly evidence: unknown;
  readonly evidence_cursor: string;
}

/** @throws Error where a document of the row cannot be read */
export function shownFromRow(row: ShownRow): ShownRollout {
  const { id } = row;
  const { spec, policy } = readSpec(id, row.spec);
  return {
    rollout: { id, spec, status: readStatus(id, row.status) },
    fleet: row.fleet,
    versionId: row.version_id,
    where: row.where_expr,
    policy,
    createdAt: row.created_at,
  };
}

/** @throws Error as `shownFromRow` */
export const fromRow = (row: RolloutRow): StoredRollout => ({
  ...shownFromRow(row),
  evidence: readEvidence(row.id, row.evidence),
  evidenceCursor: row.evidence_cursor,
});
