import { Injectable } from '@nestjs/common';
import { describeProblems, fieldProblems, TelemetryWindow } from '@hamon/contracts';
import {
  collectWindow,
  evidenceToContinue,
  firstNewPosition,
  withoutDevice,
  type Rollout,
  type StageEvidence,
} from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { snapshotHorizon } from '../platform/snapshot-horizon.js';
import type { EvidenceState } from './rollout.store.js';
import type { StoredRollout } from './stored-rollout.js';

const PAGE = 200;

interface WindowRow {
  readonly txid: string;
  readonly device: string;
  readonly id: string;
  /** As this release wrote it, or an earlier one. */
  readonly body: { readonly schema: string };
  readonly position: number;
  readonly sequence: string;
  readonly variant: string;
  readonly hardwareClass: string;
  /** Digest of the device's own variant. */
  readonly bundle: string;
}

/** Merges telemetry into a rollout's evidence. */
@Injectable()
export class EvidenceStore {
  /**
   * Takes every window of the rollout's model on a touched device that was committed since the last time, exactly once: all
   * transactions below the oldest running one have ended, so that nothing can appear behind the cursor. Cursor and evidence
   * are saved in the caller's transaction.
   */
  async collect(manager: EntityManager, stored: StoredRollout): Promise<EvidenceState> {
    const { rollout, evidence: before, evidenceCursor } = stored;
    const { stage } = rollout.status;
    const cursor = (await snapshotHorizon(manager)).toString();
    let evidence = evidenceToContinue(before, stage, rollout.spec.task);
    let after: WindowRow | undefined;
    do {
      const rows = await this.page(manager, rollout, { from: evidenceCursor, to: cursor, after });
      for (const row of rows) evidence = withRow(evidence, row, rollout);
      after = rows.length === PAGE ? rows.at(-1) : undefined;
    } while (after);
    return { evidence, cursor, more: await this.hasMore(manager, rollout, cursor) };
  }

  /** Looked up window by window: there are few, and a join would begin with all members of a big cohort. */
  private async hasMore(manager: EntityManager, { id, spec }: Rollout, from: string): Promise<boolean> {
    const [row] = await manager.query<{ more: boolean }[]>(
      `SELECT EXISTS (
         SELECT FROM known_windows w
         WHERE w.txid >= $2::xid8 AND w.model = $3
           AND (SELECT m.deployment_id FROM rollout_members m
                WHERE m.rollout_id = $1 AND m.device = w.device) IS NOT NULL
       ) AS more`,
      [id, from, spec.model],
    );
    return row?.more ?? false;
  }

  private page(
    manager: EntityManager,
    { id, spec }: Rollout,
    { from, to, after }: { from: string; to: string; after: WindowRow | undefined },
  ): Promise<WindowRow[]> {
    return manager.query(
      `SELECT w.txid::text AS txid, w.device, w.id, w.body, m.position, p.sequence,
              m.variant, m.hardware_class AS "hardwareClass", p.bundle_sha256 AS bundle
       FROM known_windows w
       JOIN rollout_members m ON m.rollout_id = $1 AND m.device = w.device
       JOIN known_deployments p ON p.id = m.deployment_id
       WHERE w.txid >= $2::xid8 AND w.txid < $3::xid8 AND w.model = $7
         AND ($4::xid8 IS NULL OR (w.txid, w.device, w.id) > ($4::xid8, $5::text, $6::uuid))
       ORDER BY w.txid, w.device, w.id LIMIT ${PAGE}`,
      [id, from, to, after?.txid ?? null, after?.device ?? null, after?.id ?? null, spec.model],
    );
  }
}

/** A window that cannot be read any longer is left out like one that cannot be true. */
function withRow(
  evidence: StageEvidence,
  { body, device, position, sequence, bundle, variant, hardwareClass }: WindowRow,
  rollout: Rollout,
): StageEvidence {
  const window = isCurrent(body) ? body : convert(body);
  if (typeof window === 'string') return withoutDevice(evidence, device, window);
  const { model, task } = rollout.spec;
  return collectWindow(
    evidence,
    window,
    { variant, hardwareClass },
    {
      ...{ model, task, candidateBundle: bundle, minSequence: Number(sequence) },
      fresh: position >= firstNewPosition(rollout),
    },
  );
}

/** It was read when it came. */
const isCurrent = (body: WindowRow['body']): body is TelemetryWindow => body.schema === 'hamon.window/2';

/** A window of an earlier release as one of this, or why it is none. */
function convert(body: WindowRow['body']): TelemetryWindow | string {
  const read = TelemetryWindow.safeParse(body);
  return read.success ? read.data : describeProblems(fieldProblems(read.error));
}
