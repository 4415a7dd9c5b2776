import { Injectable } from '@nestjs/common';
import {
  MAX_SEQUENCE,
  type ChunkRef,
  type DevicePolicy,
  type GeneralJws,
  type ManifestOrder,
} from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { REPORTED_VARIANT } from './reported-variant.sql.js';

/** A device's desired state, its row locked until the transaction ends. */
export interface LockedDesired {
  readonly device: string;
  readonly fleet: string;
  readonly sequence: number;
  readonly deploymentId: string | null;
  readonly versionId: string | null;
  readonly variant: string | null;
  /** Digest of the desired bundle. */
  readonly bundle: string | null;
  readonly policy: DevicePolicy | null;
  /** Begin of its deployment. */
  readonly decidedAt: Date | null;
  readonly order: ManifestOrder | null;
  /** The signed order to drop what was desired, where nothing else is. */
  readonly withdrawal: GeneralJws | null;
  /** Its agent understands such an order. */
  readonly knowsWithdrawal: boolean;
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
export interface SignedDesired {
  readonly device: string;
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

/** SQL of desired states. Rows are always locked in the order of device ids, so that two writers cannot deadlock. */
@Injectable()
export class DesiredStore {
  async lock(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<LockedDesired[]> {
    await manager.query(
      `INSERT INTO device_desired (device, fleet, sequence)
       SELECT d.id, d.fleet, 0 FROM known_devices d WHERE d.id = ANY ($1::text[]) AND d.fleet = $2 ORDER BY d.id
       ON CONFLICT (device) DO NOTHING`,
      [devices, fleet],
    );
    return this.select(manager, `w.device = ANY ($1::text[]) AND w.fleet = $2`, 'FOR UPDATE OF w', [
      devices,
      fleet,
    ]);
  }

  /**
   * Desired states that expire within the time and have not been given up, by what is stored of the deployment or by the
   * device's own report: a new sequence would make it try the bundle again. Rows that others have locked are left for later.
   */
  async lockExpiring(manager: EntityManager, withinSeconds: number, limit: number): Promise<LockedDesired[]> {
    return this.select(
      manager,
      `w.jws IS NOT NULL AND w.expires_at < now() + make_interval(secs => $1) AND d.retired_at IS NULL
       AND w.sequence < ${MAX_SEQUENCE}
       AND NOT coalesce(p.given_up, false)
       AND NOT EXISTS (SELECT FROM reported_deployments t
                       WHERE t.device = w.device AND t.given_up AND t.bundle_sha256 = w.bundle_sha256
                         AND t.sequence >= coalesce(p.sequence, 0))`,
      `LIMIT ${limit} FOR UPDATE OF w SKIP LOCKED`,
      [withinSeconds],
    );
  }

  private async select(
    manager: EntityManager,
    where: string,
    locking: string,
    parameters: unknown[],
  ): Promise<LockedDesired[]> {
    const rows = await manager.query<(Omit<LockedDesired, 'sequence'> & { sequence: string })[]>(
      `SELECT w.device, w.fleet, w.sequence, w.deployment_id AS "deploymentId", w.version_id AS "versionId",
              w.variant, w.bundle_sha256 AS bundle, w.policy, p.created_at AS "decidedAt",
              w.manifest_order AS "order", CASE WHEN w.manifest_order = 'withdraw' THEN w.jws END AS withdrawal,
              d.knows_withdraw AS "knowsWithdrawal",
              d.retired_at IS NOT NULL AS retired
       FROM device_desired w
       JOIN known_devices d ON d.id = w.device
       LEFT JOIN deployments p ON p.id = w.deployment_id
       WHERE ${where} ORDER BY w.device ${locking}`,
      parameters,
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
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

  async markUnassigned(manager: EntityManager, device: string, model: string): Promise<void> {
    await manager.query(`UPDATE device_desired SET unassigned_model = $2 WHERE device = $1`, [device, model]);
  }

  /** The payload last signed for a device, as bytes; null where nothing is desired. */
  async payload(manager: EntityManager, device: string): Promise<string | null> {
    const [row] = await manager.query<{ payload: string | null }[]>(
      `SELECT jws ->> 'payload' AS payload FROM device_desired WHERE device = $1`,
      [device],
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

  /** The variant of another version that the device reports to run, of versions that were ever released. */
  async runningBeside(
    manager: EntityManager,
    device: string,
    versionId: string,
  ): Promise<{ readonly versionId: string; readonly variant: string } | undefined> {
    const [row] = await manager.query<{ versionId: string; variant: string }[]>(
      `SELECT running.version_id AS "versionId", running.name AS variant
       FROM known_devices d CROSS JOIN LATERAL (
         ${REPORTED_VARIANT} AND x.version_id <> $2 LIMIT 1
       ) running
       WHERE d.id = $1`,
      [device, versionId],
    );
    return row;
  }

  async save(manager: EntityManager, rows: readonly SignedDesired[]): Promise<void> {
    await manager.query(
      `UPDATE device_desired w
       SET sequence = n.sequence, deployment_id = n.deployment_id, version_id = n.version_id, variant = n.variant,
           bundle_sha256 = n.bundle, policy = n.policy, jws = n.jws, issued_at = n.issued_at, expires_at = n.expires_at,
           manifest_order = n.manifest_order
       FROM jsonb_to_recordset($1::jsonb) AS n (device text, sequence bigint, deployment_id uuid, version_id uuid,
            variant text, bundle text, policy jsonb, jws jsonb, issued_at timestamptz, expires_at timestamptz,
            manifest_order text)
       WHERE w.device = n.device`,
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
