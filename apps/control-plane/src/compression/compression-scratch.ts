import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { SAMPLE_SETS, type BundleDocument } from '@hamon/contracts';
import { Config } from '../platform/config/config.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import { VersionFileStore } from '../registry/version-file.store.js';
import { VersionStore } from '../registry/version.store.js';
import { CompressionStore } from './compression.store.js';
import type { StoredCompression } from './stored-compression.js';

/** Folders of one attempt; everything in `root` goes with it. */
export interface ScratchFolders {
  readonly root: string;
  readonly source: string;
  readonly out: string;
  readonly calibration?: string;
  readonly evaluation?: string;
}

/** Lays artifacts out as the folders that compression works on. */
@Injectable()
export class CompressionScratch {
  constructor(
    private readonly config: Config,
    private readonly artifacts: ArtifactStore,
    private readonly versions: VersionStore,
    private readonly files: VersionFileStore,
    private readonly jobs: CompressionStore,
  ) {}

  /** Lends folders to the work and removes them afterwards; the next start removes those of a killed process. */
  async lend<T>(job: StoredCompression, work: (folders: ScratchFolders) => Promise<T>): Promise<T> {
    const root = await mkdtemp(join(this.config.dataDir, 'tmp', 'compression-'));
    try {
      return await work(await this.fill(root, job));
    } finally {
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async fill(root: string, job: StoredCompression): Promise<ScratchFolders> {
    const source = join(root, 'source');
    await this.artifacts.place(source, await this.files.bundleFiles(job.sourceVersionId));
    const { version } = await this.versions.get(job.fleet, job.model, job.sourceVersion);
    // The result has the same name as what went in.
    const document: BundleDocument = { ...version.bundle, version: job.resultVersion };
    await writeFile(join(source, 'bundle.json'), JSON.stringify(document));
    const folders = { root, source, out: join(root, 'out') };
    const sets: { -readonly [K in (typeof SAMPLE_SETS)[number]]?: string } = {};
    for (const set of SAMPLE_SETS) {
      if (job.samples[set] === undefined) continue;
      sets[set] = join(root, set);
      await this.artifacts.place(sets[set], await this.jobs.samplesOf(job.id, set));
    }
    return { ...folders, ...sets };
  }
}
