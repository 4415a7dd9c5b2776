import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PlacedArtifact } from './artifact.store.js';

/** SQL of the files that versions are made of. */
@Injectable()
export class VersionFileStore {
  constructor(private readonly database: DataSource) {}

  /** The files of a version's bundle, without those made for devices. */
  async bundleFiles(versionId: string): Promise<PlacedArtifact[]> {
    return this.database.query(
      `SELECT path, sha256 FROM version_artifacts WHERE version_id = $1 AND path NOT LIKE '@%'`,
      [versionId],
    );
  }

  async named(versionId: string, paths: readonly string[]): Promise<PlacedArtifact[]> {
    return this.database.query(
      'SELECT path, sha256 FROM version_artifacts WHERE version_id = $1 AND path = ANY ($2::text[])',
      [versionId, paths],
    );
  }
}
