import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DeploymentState, GeneralJws, Reason } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** A deployment that its device may still advance. */
export interface FollowedDeployment {
  readonly id: string;
  readonly device: string;
  readonly bundle: string;
  /** Of its first manifest; later manifests of the same deployment have higher ones. */
  readonly sequence: number;
  readonly state: DeploymentState;
}

/** What is desired of a device, as last signed. */
export interface PublishedManifest {
  readonly deploymentId: string | null;
  readonly sequence: number;
  readonly jws: GeneralJws;
}

export interface NewDeployment {
  readonly fleet: string;
  readonly device: string;
  readonly rolloutId: string | null;
  readonly versionId: string;
  readonly variant: string;
  readonly bundle: string;
  readonly sequence: number;
}

export interface DeploymentChange {
  readonly id: string;
  readonly state: DeploymentState;
  readonly reason: Reason | null;
  readonly ended: boolean;
}

/** SQL of deployments. */
@Injectable()
export class DeploymentStore {
  /**
   * The devices' open deployments, and the committed ones that their desired states belong to: a device may give up a
   * version long after its commitment. Locked in the order of device ids.
   */
  async lockFollowed(manager: EntityManager, devices: readonly string[]): Promise<FollowedDeployment[]> {
    const rows = await manager.query<(Omit<FollowedDeployment, 'sequence'> & { sequence: string })[]>(
      `SELECT id, device, bundle_sha256 AS bundle, sequence, state FROM deployments
       WHERE id IN (SELECT id FROM deployments WHERE device = ANY ($1::text[]) AND ended_at IS NULL
                    UNION ALL SELECT deployment_id FROM device_desired WHERE device = ANY ($1::text[]))
         AND (ended_at IS NULL OR state = 'committed')
       ORDER BY device, created_at FOR UPDATE`,
      [devices],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }

  /** The newest manifests by device; absent where nothing is desired. */
  async published(
    manager: EntityManager,
    devices: readonly string[],
  ): Promise<Map<string, PublishedManifest>> {
    const rows = await manager.query<
      { device: string; deploymentId: string | null; sequence: string; jws: GeneralJws }[]
    >(
      `SELECT device, deployment_id AS "deploymentId", sequence, jws FROM device_desired
       WHERE device = ANY ($1::text[]) AND jws IS NOT NULL`,
      [devices],
    );
    return new Map(
      rows.map(({ device, sequence, ...row }) => [device, { ...row, sequence: Number(sequence) }]),
    );
  }

  /** Answers the new ids by device. */
  async insert(manager: EntityManager, deployments: readonly NewDeployment[]): Promise<Map<string, string>> {
    const ids = new Map(deployments.map(({ device }) => [device, randomUUID() as string]));
    await manager.query(
      `INSERT INTO deployments (id, fleet, device, rollout_id, version_id, variant, bundle_sha256, sequence, state)
       SELECT n.id, n.fleet, n.device, n.rollout_id, n.version_id, n.variant, n.bundle, n.sequence, 'assigned'
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, fleet text, device text, rollout_id uuid, version_id uuid,
            variant text, bundle text, sequence bigint)`,
      [
        JSON.stringify(
          deployments.map(({ rolloutId, versionId, ...row }) => ({
            ...row,
            id: ids.get(row.device),
            rollout_id: rolloutId,
            version_id: versionId,
          })),
        ),
      ],
    );
    return ids;
  }

  /** Null where there is no such deployment. */
  async stateOf(manager: EntityManager, id: string | null): Promise<DeploymentState | null> {
    const [row] = await manager.query<{ state: DeploymentState }[]>(
      `SELECT state FROM deployments WHERE id = $1`,
      [id],
    );
    return row?.state ?? null;
  }

  /** Begins a deployment once more, whatever its state: there is new hardware to bring it to. */
  async restart(manager: EntityManager, id: string, sequence: number): Promise<void> {
    await manager.query(
      `UPDATE deployments SET state = 'assigned', reason = NULL, sequence = $2, created_at = now(), updated_at = now(),
              ended_at = NULL
       WHERE id = $1`,
      [id, sequence],
    );
  }

  async change(manager: EntityManager, changes: readonly DeploymentChange[]): Promise<void> {
    if (changes.length === 0) return;
    await manager.query(
      `UPDATE deployments p
       SET state = n.state, reason = n.reason, updated_at = now(), ended_at = CASE WHEN n.ended THEN now() END
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, state text, reason jsonb, ended boolean)
       WHERE p.id = n.id AND (p.ended_at IS NULL OR p.state = 'committed')`,
      [JSON.stringify(changes)],
    );
  }
}
