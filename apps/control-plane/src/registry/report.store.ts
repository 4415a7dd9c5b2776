import { Injectable } from '@nestjs/common';
import type { CompressionReport } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { VariantProfileStore } from './variant-profile.store.js';

/** Compression reports of versions. */
@Injectable()
export class ReportStore {
  constructor(private readonly profiles: VariantProfileStore) {}

  /**
   * Keeps a report: the first one is the version's provenance for good; the figures of each add to what is known of
   * its hardware class. Answers whether it said anything new.
   */
  async keep(manager: EntityManager, versionId: string, report: CompressionReport): Promise<boolean> {
    // Locked, so that the second of two at once sees what the first one kept.
    const [version] = await manager.query<{ provenance: CompressionReport | null }[]>(
      'SELECT provenance FROM versions WHERE id = $1 FOR UPDATE',
      [versionId],
    );
    if (version === undefined) return false;
    const { hardwareClass } = report.machine;
    const known = await this.profiles.list(manager, versionId);
    const measuredAt = new Date(report.createdAt);
    const isKept =
      version.provenance !== null &&
      known.some(
        (profile) =>
          profile.source === 'compression' &&
          profile.hardwareClass === hardwareClass &&
          Date.parse(profile.measuredAt) >= measuredAt.getTime(),
      );
    if (isKept) return false;
    if (version.provenance === null) {
      await manager.query('UPDATE versions SET provenance = $2 WHERE id = $1', [
        versionId,
        JSON.stringify(report),
      ]);
    }
    await this.profiles.record(
      manager,
      versionId,
      report.variants.map(({ name, figures }) => ({
        variant: name,
        hardwareClass,
        source: 'compression',
        device: null,
        measuredAt,
        figures,
      })),
    );
    return true;
  }

  async provenance(manager: EntityManager, versionId: string): Promise<CompressionReport | null> {
    const [row] = await manager.query<{ provenance: CompressionReport | null }[]>(
      'SELECT provenance FROM versions WHERE id = $1',
      [versionId],
    );
    return row?.provenance ?? null;
  }
}
