import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  isTerminal,
  type DeploymentState,
  type GeneralJws,
  type Reason,
  type ThresholdOverride,
} from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import type { DeviceModel } from '../messaging/outbox.js';

/** A deployment that its device may still advance. */
export interface FollowedDeployment extends DeviceModel {
  readonly id: string;
  readonly bundle: string;
  /** Of its first manifest; later manifests of the same deployment have higher ones. */
  readonly sequence: number;
  readonly state: DeploymentState;
}

/** What is desired of a model of a device, as last signed. */
export interface PublishedManifest {
  readonly deploymentId: string | null;
  readonly sequence: number;
  readonly jws: GeneralJws;
}

export interface NewDeployment extends DeviceModel {
  readonly fleet: string;
  readonly rolloutId: string | null;
  readonly versionId: string;
  readonly variant: string;
  readonly bundle: string;
  readonly sequence: number;
  /** Of its policy. */
  readonly threshold: ThresholdOverride | null;
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
   * The models' open deployments, and the committed ones that their desired states belong to: a device may give up a
   * version long after its commitment. Locked in the order of devices and models.
   */
  async lockFollowed(manager: EntityManager, models: readonly DeviceModel[]): Promise<FollowedDeployment[]> {
    const rows = await manager.query<(Omit<FollowedDeployment, 'sequence'> & { sequence: string })[]>(
      `SELECT id, device, model, bundle_sha256 AS bundle, sequence, state FROM deployments
       WHERE id IN (SELECT p.id FROM deployments p JOIN unnest($1::text[], $2::text[]) AS k (device, model)
                      ON p.device = k.device AND p.model = k.model WHERE p.ended_at IS NULL
                    UNION ALL
                    SELECT w.deployment_id FROM device_desired w JOIN unnest($1::text[], $2::text[]) AS k (device, model)
                      ON w.device = k.device AND w.model = k.model)
         AND (ended_at IS NULL OR state = 'committed')
       ORDER BY device, model, created_at FOR UPDATE`,
      [models.map(({ device }) => device), models.map(({ model }) => model)],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }

  /** Models of these devices of which something may be followed. */
  open(manager: EntityManager, devices: readonly string[]): Promise<DeviceModel[]> {
    return manager.query(
      `SELECT device, model FROM device_desired WHERE device = ANY ($1::text[]) AND deployment_id IS NOT NULL
       UNION SELECT device, model FROM deployments WHERE device = ANY ($1::text[]) AND ended_at IS NULL`,
      [devices],
    );
  }

  /** Ends the models' open deployments. */
  async supersede(manager: EntityManager, models: readonly DeviceModel[]): Promise<void> {
    if (models.length === 0) return;
    const open = await this.lockFollowed(manager, models);
    await this.change(
      manager,
      open
        .filter(({ state }) => !isTerminal(state))
        .map(({ id }) => ({ id, state: 'superseded', reason: null, ended: true })),
    );
  }

  /** The newest manifests of the models that have one, in no order. */
  async published(
    manager: EntityManager,
    models: readonly DeviceModel[],
  ): Promise<(PublishedManifest & DeviceModel)[]> {
    const rows = await manager.query<
      (DeviceModel & { deploymentId: string | null; sequence: string; jws: GeneralJws })[]
    >(
      `SELECT w.device, w.model, w.deployment_id AS "deploymentId", w.sequence, w.jws
       FROM device_desired w
       JOIN unnest($1::text[], $2::text[]) AS k (device, model) ON w.device = k.device AND w.model = k.model
       WHERE w.jws IS NOT NULL`,
      [models.map(({ device }) => device), models.map(({ model }) => model)],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }

  /**
   * By device: the threshold that the version last had there in the place of its bundle's.
   *
   * @param without a rollout that is gone back from: it may have brought another threshold to the same version
   */
  async thresholds(
    manager: EntityManager,
    versions: readonly { readonly device: string; readonly versionId: string }[],
    without: string | null,
  ): Promise<ReadonlyMap<string, ThresholdOverride>> {
    const rows = await manager.query<{ device: string; threshold: ThresholdOverride | null }[]>(
      `SELECT DISTINCT ON (p.device) p.device, p.threshold
       FROM deployments p
       JOIN unnest($1::text[], $2::uuid[]) AS k (device, version_id)
         ON p.device = k.device AND p.version_id = k.version_id
       WHERE NOT p.given_up AND ($3::uuid IS NULL OR p.rollout_id IS DISTINCT FROM $3)
       ORDER BY p.device, p.created_at DESC`,
      [versions.map(({ device }) => device), versions.map(({ versionId }) => versionId), without],
    );
    return new Map(
      rows.flatMap(({ device, threshold }) => (threshold === null ? [] : [[device, threshold] as const])),
    );
  }

  /** Answers the new ids by device. */
  async insert(manager: EntityManager, deployments: readonly NewDeployment[]): Promise<Map<string, string>> {
    const ids = new Map(deployments.map(({ device }) => [device, randomUUID() as string]));
    await manager.query(
      `INSERT INTO deployments (id, fleet, device, model, rollout_id, version_id, variant, bundle_sha256, sequence, state,
                                threshold)
       SELECT n.id, n.fleet, n.device, n.model, n.rollout_id, n.version_id, n.variant, n.bundle, n.sequence, 'assigned',
              nullif(n.threshold, 'null')
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, fleet text, device text, model text, rollout_id uuid,
            version_id uuid, variant text, bundle text, sequence bigint, threshold jsonb)`,
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
