import { Injectable } from '@nestjs/common';
import type { UnfitVariantView, VariantProfileView } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** What was measured, and on which hardware class; see `VariantProfileView`. */
export type MeasuredVariant = Omit<VariantProfileView, 'measuredAt'> & { readonly measuredAt: Date };

/** Why a variant is unfit, and for which hardware class; see `UnfitVariantView`. */
export type UnfitVariant = Omit<UnfitVariantView, 'measuredAt'> & { readonly measuredAt: Date };

/** Measured figures of variants per hardware class, and where they are unfit. */
@Injectable()
export class VariantProfileStore {
  /** Keeps the newest per variant, hardware class and source. Variants that the version does not have are left out. */
  async record(
    manager: EntityManager,
    versionId: string,
    measured: readonly MeasuredVariant[],
  ): Promise<void> {
    await manager.query(
      `INSERT INTO variant_profiles (version_id, variant, hardware_class, source, device, measured_at, figures)
       SELECT DISTINCT ON (n.variant, n."hardwareClass", n.source)
              $1::uuid, n.variant, n."hardwareClass", n.source, n.device, n."measuredAt", n.figures
       FROM jsonb_to_recordset($2::jsonb) AS n (variant text, "hardwareClass" text, source text, device text,
            "measuredAt" timestamptz, figures jsonb)
       JOIN variants x ON x.version_id = $1::uuid AND x.name = n.variant
       ORDER BY n.variant, n."hardwareClass", n.source, n."measuredAt" DESC
       ON CONFLICT (version_id, variant, hardware_class, source) DO UPDATE
       SET device = excluded.device, measured_at = excluded.measured_at, figures = excluded.figures
       WHERE variant_profiles.measured_at <= excluded.measured_at`,
      [versionId, JSON.stringify(measured)],
    );
  }

  /** All that is known of a version, by variant, hardware class and source. */
  async list(manager: EntityManager, versionId: string): Promise<VariantProfileView[]> {
    const rows = await manager.query<(Omit<VariantProfileView, 'measuredAt'> & { measuredAt: Date })[]>(
      `SELECT variant, hardware_class AS "hardwareClass", source, device, measured_at AS "measuredAt", figures
       FROM variant_profiles WHERE version_id = $1 ORDER BY variant, hardware_class, source`,
      [versionId],
    );
    return rows.map((row) => ({ ...row, measuredAt: row.measuredAt.toISOString() }));
  }

  /** Keeps the newest per variant and hardware class. */
  async recordUnfit(
    manager: EntityManager,
    versionId: string,
    unfit: readonly UnfitVariant[],
  ): Promise<void> {
    await manager.query(
      `INSERT INTO unfit_variants (version_id, variant, hardware_class, device, measured_at, reason)
       SELECT $1::uuid, n.variant, n."hardwareClass", n.device, n."measuredAt", n.reason
       FROM jsonb_to_recordset($2::jsonb) AS n (variant text, "hardwareClass" text, device text,
            "measuredAt" timestamptz, reason jsonb)
       ON CONFLICT (version_id, variant, hardware_class) DO UPDATE
       SET device = excluded.device, measured_at = excluded.measured_at, reason = excluded.reason
       WHERE unfit_variants.measured_at <= excluded.measured_at`,
      [versionId, JSON.stringify(unfit)],
    );
  }

  /** Unfit variants that no device of the class has measured since: the later fact counts, in whatever order they were kept. */
  async listUnfit(manager: EntityManager, versionId: string): Promise<UnfitVariantView[]> {
    const rows = await manager.query<UnfitVariant[]>(
      `SELECT variant, hardware_class AS "hardwareClass", device, measured_at AS "measuredAt", reason
       FROM unfit_variants u WHERE version_id = $1 AND NOT EXISTS (
         SELECT FROM variant_profiles p
         WHERE p.version_id = u.version_id AND p.variant = u.variant AND p.hardware_class = u.hardware_class
           AND p.source = 'device' AND p.measured_at > u.measured_at)
       ORDER BY variant, hardware_class`,
      [versionId],
    );
    return rows.map((row) => ({ ...row, measuredAt: row.measuredAt.toISOString() }));
  }
}
