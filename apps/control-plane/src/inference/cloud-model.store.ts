import { Injectable } from '@nestjs/common';
import type { BundleDocument } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';

/** The version and variant that answer for a model in the cloud. */
export interface CloudModelChoice {
  readonly version: string;
  readonly variant: string;
  /** Digest of the variant's bundle index, which is an artifact of its own. */
  readonly bundleSha256: string;
  readonly bundle: BundleDocument;
}

const CHOSEN = `
  SELECT v.version, x.name AS variant, x.bundle_sha256, v.bundle
  FROM models m
  JOIN versions v ON v.fleet = m.fleet AND v.model = m.name AND v.version = m.cloud_version
  JOIN variants x ON x.version_id = v.id AND x.name = m.cloud_variant
  WHERE m.fleet = $1 AND m.name = $2`;

@Injectable()
export class CloudModelStore {
  constructor(private readonly database: DataSource) {}

  /** @throws ControlPlaneError `no-cloud-model` */
  async chosen(fleet: string, model: string): Promise<CloudModelChoice> {
    const [row] = await this.database.query<
      { version: string; variant: string; bundle_sha256: string; bundle: BundleDocument }[]
    >(CHOSEN, [fleet, model]);
    if (!row) {
      throw new ControlPlaneError(
        'no-cloud-model',
        `No version of "${model}" is set to answer in the cloud.`,
      );
    }
    const { version, variant, bundle_sha256: bundleSha256, bundle } = row;
    return { version, variant, bundleSha256, bundle };
  }
}
