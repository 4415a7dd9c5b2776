import { Injectable } from '@nestjs/common';
import type { TelemetryWindow } from '@hamon/contracts';
import { collectWindow, evidenceToContinue, firstNewPosition } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { snapshotHorizon } from '../platform/snapshot-horizon.js';
import type { EvidenceState } from './rollout.store.js';
import type { StoredRollout } from './stored-rollout.js';

const PAGE = 200;

interface WindowRow {
  readonly txid: string;
  readonly device: string;
  readonly id: string;
  readonly body: TelemetryWindow;
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
   * Takes every window of a touched device that was committed since the last time, exactly once: all transactions below the
   * oldest running one have ended, so that nothing can appear behind the cursor. Cursor and evidence are
   * saved in the caller's transaction.
   */
  async collect(manager: EntityManager, stored: StoredRollout): Promise<EvidenceState> {
    const { rollout, evidence: before, evidenceCursor } = stored;
    const { stage } = rollout.status;
    const cursor = (await snapshotHorizon(manager)).toString();
    let evidence = evidenceToContinue(before, stage);
    let after: WindowRow | undefined;
    do {
      const rows = await this.page(manager, rollout.id, evidenceCursor, cursor, after);
      for (const { body, position, sequence, bundle, ...origin } of rows) {
        evidence = collectWindow(evidence, body, origin, {
          candidateBundle: bundle,
          fresh: position >= firstNewPosition(rollout),
          minSequence: Number(sequence),
        });
      }
      after = rows.length === PAGE ? rows.at(-1) : undefined;
    } while (after);
    return { evidence, cursor, more: await this.hasMore(manager, rollout.id, cursor) };
  }

  /** Looked up window by window: there are few, and a join would begin with all members of a big cohort. */
  private async hasMore(manager: EntityManager, rolloutId: string, from: string): Promise<boolean> {
    const [row] = await manager.query<{ more: boolean }[]>(
      `SELECT EXISTS (
         SELECT FROM known_windows w
         WHERE w.txid >= $2::xid8 AND (SELECT m.deployment_id FROM rollout_members m
                                       WHERE m.rollout_id = $1 AND m.device = w.device) IS NOT NULL
       ) AS more`,
      [rolloutId, from],
    );
    return row?.more ?? false;
  }

  private page(
    manager: EntityManager,
    rolloutId: string,
    from: string,
    to: string,
    after: WindowRow | undefined,
  ): Promise<WindowRow[]> {
    return manager.query(
      `SELECT w.txid::text AS txid, w.device, w.id, w.body, m.position, p.sequence,
              m.variant, m.hardware_class AS "hardwareClass", p.bundle_sha256 AS bundle
       FROM known_windows w
       JOIN rollout_members m ON m.rollout_id = $1 AND m.device = w.device
       JOIN known_deployments p ON p.id = m.deployment_id
       WHERE w.txid >= $2::xid8 AND w.txid < $3::xid8
         AND ($4::xid8 IS NULL OR (w.txid, w.device, w.id) > ($4::xid8, $5::text, $6::uuid))
       ORDER BY w.txid, w.device, w.id LIMIT ${PAGE}`,
      [rolloutId, from, to, after?.txid ?? null, after?.device ?? null, after?.id ?? null],
    );
  }
}
