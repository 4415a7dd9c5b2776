import { Injectable } from '@nestjs/common';
import {
  MAX_SEQUENCE,
  type ChunkRef,
  type DevicePolicy,
  type GeneralJws,
  type ManifestOrder,
} from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import type { DeviceModel } from '../messaging/outbox.js';
import { reportedVariant } from './reported-variant.sql.js';

/** What is desired of one model of a device, its row locked until the transaction ends. */
export interface LockedDesired extends DeviceModel {
  readonly fleet: string;
  readonly sequence: number;
  /** The next sequence is above this; see `ABOVE`. */
  readonly above: number;
  readonly deploymentId: string | null;
  readonly versionId: string | null;
  readonly variant: string | null;
  /** Digest of the desired bundle. */
  readonly bundle: string | null;
  readonly policy: DevicePolicy | null;
  /** Begin of its deployment. */
  readonly decidedAt: Date | null;
  readonly order: ManifestOrder | null;
  /** The newest manifest, where one is announced. */
  readonly jws: GeneralJws | null;
  /** Its agent understands the order to drop what it has not activated. */
  readonly knowsWithdrawal: boolean;
  /** Its agent understands the order to remove a model. */
  readonly knowsUnassign: boolean;
  /** Its agent runs one model only, and takes manifests of all models for one's. */
  readonly single: boolean;
  readonly retired: boolean;
}

/** What a manifest says about a variant. */
export interface SignableVariant {
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly sha256: string;
  readonly length: number;
  readonly chunks: readonly ChunkRef[];
}

/** A newly signed desired state; without a version nothing is desired, and `jws` may hold the order that says so. */
export interface SignedDesired extends DeviceModel {
  readonly sequence: number;
  readonly deploymentId: string | null;
  readonly versionId: string | null;
  readonly variant: string | null;
  readonly bundle: string | null;
  readonly policy: DevicePolicy | null;
  readonly order: ManifestOrder | null;
  readonly jws: GeneralJws | null;
  readonly issuedAt: string | null;
  readonly expiresAt: string | null;
}

const HIGHEST_OF_DEVICE = (device: string): string =>
  `greatest((SELECT max(o.sequence) FROM device_desired o WHERE o.device = ${device}),
            (SELECT f.sequence FROM sequence_floors f WHERE f.device = ${device}))`;

/**
 * A device takes a model that it does not have only above all that it removed before, and an agent of the former release
 * knows one sequence alone. Where neither applies, each model has a sequence of its own.
 */
const ABOVE = `CASE WHEN w.version_id IS NULL OR d.max_models = 1 THEN ${HIGHEST_OF_DEVICE('w.device')} ELSE w.sequence END`;

/** SQL of desired states. Rows are always locked in the order of devices and models, so that two writers cannot deadlock. */
@Injectable()
export class DesiredStore {
  /** Of devices whose agents run one model only all models' rows, else the model's. Rows that are missing are made. */
  async lock(
    manager: EntityManager,
    fleet: string,
    model: string,
    devices: readonly string[],
  ): Promise<LockedDesired[]> {
    await manager.query(
      `INSERT INTO device_desired (device, model, fleet, sequence)
       SELECT d.id, $3, d.fleet, coalesce(${HIGHEST_OF_DEVICE('d.id')}, 0)
       FROM known_devices d WHERE d.id = ANY ($1::text[]) AND d.fleet = $2 ORDER BY d.id
       ON CONFLICT (device, model) DO NOTHING`,
      [devices, fleet, model],
    );
    return this.locked(
      manager,
      `w.device = ANY ($1::text[]) AND w.fleet = $2 AND (w.model = $3 OR d.max_models = 1)`,
      'FOR UPDATE OF w',
      [devices, fleet, model],
    );
  }

  /** Was anything ever decided about the model there? */
  async isKnown(manager: EntityManager, { device, model }: DeviceModel): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM device_desired WHERE device = $1 AND model = $2`,
      [device, model],
    );
    return rows.length > 0;
  }

  /** All rows of the devices. */
  lockAll(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<LockedDesired[]> {
    return this.locked(manager, `w.device = ANY ($1::text[]) AND w.fleet = $2`, 'FOR UPDATE OF w', [
      devices,
      fleet,
    ]);
  }

  /**
   * Desired states that expire within the time and have not been given up, by what is stored of the deployment or by the
   * device's own report: a new sequence would make it try the bundle again. Rows that others have locked are left for later.
   */
  async lockExpiring(manager: EntityManager, withinSeconds: number, limit: number): Promise<LockedDesired[]> {
    return this.locked(
      manager,
      `w.jws IS NOT NULL AND w.expires_at < now() + make_interval(secs => $1) AND d.retired_at IS NULL
       AND w.sequence < ${MAX_SEQUENCE}
       AND NOT EXISTS (SELECT FROM deployments p WHERE p.id = w.deployment_id AND p.given_up)
       AND NOT EXISTS (SELECT FROM reported_deployments t
                       WHERE t.device = w.device AND t.model = w.model AND t.given_up
                         AND t.bundle_sha256 = w.bundle_sha256
                         AND t.sequence >= coalesce(
                           (SELECT p.sequence FROM deployments p WHERE p.id = w.deployment_id), 0))`,
      `LIMIT ${limit} FOR UPDATE OF w SKIP LOCKED`,
      [withinSeconds],
    );
  }

  /** Locks first and reads then: what a row says of its neighbours is as new as the locks. */
  private async locked(
    manager: EntityManager,
    where: string,
    locking: string,
    parameters: unknown[],
  ): Promise<LockedDesired[]> {
    const keys = await manager.query<DeviceModel[]>(
      `SELECT w.device, w.model FROM device_desired w JOIN known_devices d ON d.id = w.device
       WHERE ${where} ORDER BY w.device, w.model ${locking}`,
      parameters,
    );
    if (keys.length === 0) return [];
    const rows = await manager.query<
      (Omit<LockedDesired, 'sequence' | 'above'> & { sequence: string; above: string })[]
    >(
      `SELECT w.device, w.model, w.fleet, w.sequence, ${ABOVE} AS above, w.deployment_id AS "deploymentId",
              w.version_id AS "versionId", w.variant, w.bundle_sha256 AS bundle, w.policy,
              p.created_at AS "decidedAt", w.manifest_order AS "order", w.jws,
              d.knows_withdraw AS "knowsWithdrawal", d.knows_unassign AS "knowsUnassign",
              coalesce(d.max_models = 1, false) AS single, d.retired_at IS NOT NULL AS retired
       FROM unnest($1::text[], $2::text[]) AS k (device, model)
       JOIN device_desired w ON w.device = k.device AND w.model = k.model
       JOIN known_devices d ON d.id = w.device
       LEFT JOIN deployments p ON p.id = w.deployment_id
       ORDER BY w.device, w.model`,
      [keys.map(({ device }) => device), keys.map(({ model }) => model)],
    );
    return rows.map(({ sequence, above, ...row }) => ({
      ...row,
      sequence: Number(sequence),
      above: Number(above),
    }));
  }

  async variant(
    manager: EntityManager,
    versionId: string,
    variant: string,
  ): Promise<SignableVariant | undefined> {
    const [row] = await manager.query<SignableVariant[]>(
      `SELECT v.model, v.version, x.name AS variant, x.bundle_sha256 AS sha256, x.bundle_length AS length,
              x.bundle_chunks AS chunks
       FROM known_versions v JOIN known_variants x ON x.version_id = v.id
       WHERE v.id = $1 AND x.name = $2`,
      [versionId, variant],
    );
    return row;
  }

  /** Any variant of the fleet's registry that names the model, the newest version's first. */
  async anyVariant(
    manager: EntityManager,
    fleet: string,
    model: string,
  ): Promise<SignableVariant | undefined> {
    const [row] = await manager.query<SignableVariant[]>(
      `SELECT v.model, v.version, x.name AS variant, x.bundle_sha256 AS sha256, x.bundle_length AS length,
              x.bundle_chunks AS chunks
       FROM known_versions v JOIN known_variants x ON x.version_id = v.id
       WHERE v.fleet = $1 AND v.model = $2 ORDER BY v.created_at DESC, x.name LIMIT 1`,
      [fleet, model],
    );
    return row;
  }

  async markUnassigned(manager: EntityManager, { device, model }: DeviceModel): Promise<void> {
    await manager.query(`UPDATE device_desired SET unassigned = true WHERE device = $1 AND model = $2`, [
      device,
      model,
    ]);
  }

  /** The payload last signed for a model of a device, as bytes; null where nothing is desired. */
  async payload(manager: EntityManager, { device, model }: DeviceModel): Promise<string | null> {
    const [row] = await manager.query<{ payload: string | null }[]>(
      `SELECT jws ->> 'payload' AS payload FROM device_desired WHERE device = $1 AND model = $2`,
      [device, model],
    );
    return row?.payload ?? null;
  }

  /** The released version that the fleet's registry has under a bundle's digest. */
  async releasedVersion(
    manager: EntityManager,
    fleet: string,
    bundle: string,
  ): Promise<{ readonly versionId: string; readonly variant: string } | undefined> {
    const [row] = await manager.query<{ versionId: string; variant: string }[]>(
      `SELECT x.version_id AS "versionId", x.name AS variant
       FROM known_variants x JOIN known_versions v ON v.id = x.version_id AND v.fleet = $1
       WHERE x.bundle_sha256 = $2 AND v.state = 'released' LIMIT 1`,
      [fleet, bundle],
    );
    return row;
  }

  /** The variant of another version of the model that the device reports to run, of versions that were ever released. */
  async runningBeside(
    manager: EntityManager,
    { device, model }: DeviceModel,
    versionId: string,
  ): Promise<{ readonly versionId: string; readonly variant: string } | undefined> {
    const [row] = await manager.query<{ versionId: string; variant: string }[]>(
      `SELECT running.version_id AS "versionId", running.name AS variant
       FROM known_devices d CROSS JOIN LATERAL (
         ${reportedVariant('$3')} AND x.version_id <> $2 LIMIT 1
       ) running
       WHERE d.id = $1`,
      [device, versionId, model],
    );
    return row;
  }

  async save(manager: EntityManager, rows: readonly SignedDesired[]): Promise<void> {
    if (rows.length === 0) return;
    await manager.query(
      `UPDATE device_desired w
       SET sequence = n.sequence, deployment_id = n.deployment_id, version_id = n.version_id, variant = n.variant,
           bundle_sha256 = n.bundle, policy = n.policy, jws = n.jws, issued_at = n.issued_at, expires_at = n.expires_at,
           manifest_order = n.manifest_order,
           unassigned = w.unassigned AND n.version_id IS NULL,
           assigned_at = CASE WHEN n.version_id IS NULL THEN NULL ELSE coalesce(w.assigned_at, now()) END
       FROM jsonb_to_recordset($1::jsonb) AS n (device text, model text, sequence bigint, deployment_id uuid,
            version_id uuid, variant text, bundle text, policy jsonb, jws jsonb, issued_at timestamptz,
            expires_at timestamptz, manifest_order text)
       WHERE w.device = n.device AND w.model = n.model`,
      [
        JSON.stringify(
          rows.map(({ deploymentId, versionId, issuedAt, expiresAt, order, ...row }) => ({
            ...row,
            manifest_order: order,
            deployment_id: deploymentId,
            version_id: versionId,
            issued_at: issuedAt,
            expires_at: expiresAt,
          })),
        ),
      ],
    );
  }
}
