import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { BundleDocument } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore, type PlacedArtifact } from '../registry/artifact.store.js';
import { filesOf, variantDocument } from '../registry/variant-document.js';
import type { CloudModelSource, LentFolder } from './cloud-model-source.js';

interface Row {
  readonly version_id: string;
  readonly version: string;
  readonly variant: string;
  readonly bundle: BundleDocument;
}

const SQL = `
  SELECT v.id AS version_id, v.version, m.cloud_variant AS variant, v.bundle
  FROM models m
  JOIN versions v ON v.fleet = m.fleet AND v.model = m.name AND v.version = m.cloud_version
  WHERE m.fleet = $1 AND m.name = $2`;
const FILES = 'SELECT path, sha256 FROM version_artifacts WHERE version_id = $1 AND path = ANY ($2::text[])';

/** Which version answers for the cloud, and its files. */
@Injectable()
export class CloudModelStore {
  constructor(
    private readonly database: DataSource,
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
  ) {}

  /** @throws ControlPlaneError `no-cloud-model` */
  async get(fleet: string, model: string): Promise<CloudModelSource> {
    const [row] = await this.database.query<Row[]>(SQL, [fleet, model]);
    const variant = row?.bundle.variants.find(({ name }) => name === row.variant);
    if (!row || !variant) {
      throw new ControlPlaneError(
        'no-cloud-model',
        `No version of "${model}" is set to answer for the cloud.`,
      );
    }
    const { version_id: versionId, version, bundle } = row;
    return { key: `${fleet}/${model}`, versionId, version, variant, bundle };
  }

  /** What a device would install of it, under the names of its bundle; what a killed process leaves goes at the next start. */
  async lend({ versionId, bundle, variant }: CloudModelSource): Promise<LentFolder> {
    const wanted = filesOf(variantDocument(bundle, variant));
    const files = await this.database.query<PlacedArtifact[]>(FILES, [versionId, wanted]);
    const folder = await mkdtemp(join(this.config.dataDir, 'tmp', 'cloud-'));
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      await this.artifacts.place(folder, files);
    } catch (cause) {
      await remove();
      throw cause;
    }
    return { modelPath: join(folder, variant.file), remove };
  }
}
