import { Injectable } from '@nestjs/common';
import type { BundleDocument } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import type { CloudModelSource } from './cloud-model.js';

interface Row {
  readonly version_id: string;
  readonly version: string;
  readonly variant: string;
  readonly bundle: BundleDocument;
  readonly sha256: string;
}

/** The file behind the model's cloud version: its variant's entry in `bundle.json` names it. */
const SQL = `
  SELECT v.id AS version_id, v.version, m.cloud_variant AS variant, v.bundle, a.sha256
  FROM models m
  JOIN versions v ON v.fleet = m.fleet AND v.model = m.name AND v.version = m.cloud_version
  JOIN LATERAL jsonb_array_elements(v.bundle -> 'variants') AS entry ON entry ->> 'name' = m.cloud_variant
  JOIN version_artifacts a ON a.version_id = v.id AND a.path = entry ->> 'file'
  WHERE m.fleet = $1 AND m.name = $2`;

/** Which version answers for the cloud. */
@Injectable()
export class CloudModelStore {
  constructor(
    private readonly database: DataSource,
    private readonly artifacts: ArtifactStore,
  ) {}

  /** @throws ControlPlaneError `no-cloud-model` */
  async get(fleet: string, model: string): Promise<CloudModelSource> {
    const [row] = await this.database.query<Row[]>(SQL, [fleet, model]);
    if (!row) {
      throw new ControlPlaneError(
        'no-cloud-model',
        `No version of "${model}" is set to answer for the cloud.`,
      );
    }
    return {
      key: `${fleet}/${model}`,
      version: row.version,
      variant: row.variant,
      bundle: row.bundle,
      modelPath: this.artifacts.pathOf(row.sha256),
    };
  }
}
