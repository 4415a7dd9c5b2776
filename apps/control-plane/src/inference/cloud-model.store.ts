import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import { ModelService } from '../registry/model.service.js';
import { filesOf, variantDocument } from '../registry/variant-document.js';
import { VersionFileStore } from '../registry/version-file.store.js';
import type { CloudModelSource, LentFolder } from './cloud-model-source.js';

/** Which version is the cloud model, and its files. */
@Injectable()
export class CloudModelStore {
  constructor(
    private readonly models: ModelService,
    private readonly files: VersionFileStore,
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
  ) {}

  /** @throws ControlPlaneError `no-cloud-model` */
  async get(fleet: string, model: string): Promise<CloudModelSource> {
    const served = await this.models.served(fleet, model);
    const variant = served?.bundle.variants.find(({ name }) => name === served.variant);
    if (!served || !variant) {
      throw new ControlPlaneError(
        'no-cloud-model',
        `No version of "${model}" is set to answer in the cloud.`,
      );
    }
    const { versionId, version, bundle } = served;
    return { key: `${fleet}/${model}`, versionId, version, variant, bundle };
  }

  /** The files that a device would install, under their names in the bundle; the next start removes a killed process's. */
  async lend({ versionId, bundle, variant }: CloudModelSource): Promise<LentFolder> {
    const wanted = filesOf(variantDocument(bundle, variant));
    const files = await this.files.named(versionId, wanted);
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
