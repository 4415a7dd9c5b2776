import { copyFile, link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { PushVersion } from '@hamon/contracts';
import { validateBundle, type ValidatedBundle } from '@hamon/inference';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore } from './artifact.store.js';

/** Validation loads models: one at a time bounds its memory, and a few may wait. */
const MAX_WAITING = 8;

/** Tries a pushed bundle before anything of it is stored as a version. */
@Injectable()
export class BundleIntake implements OnModuleDestroy {
  private readonly abort = new AbortController();
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.abort.abort();
    await this.last;
  }

  /** The bundle with golden samples, expectations and baseline filled in; refused with one reason otherwise. */
  async validate(pushed: PushVersion): Promise<ValidatedBundle> {
    if (this.waiting >= MAX_WAITING) {
      throw new ControlPlaneError(
        'overloaded',
        `${MAX_WAITING} pushed bundles wait for their validation already.`,
        {
          retryAfterSeconds: 10,
        },
      );
    }
    this.waiting += 1;
    const turn = this.last.then(() => this.validateNow(pushed));
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }

  private async validateNow(pushed: PushVersion): Promise<ValidatedBundle> {
    const folder = await mkdtemp(join(this.config.dataDir, 'tmp', 'bundle-'));
    try {
      await this.assemble(folder, pushed);
      const result = await validateBundle(folder, { signal: this.abort.signal });
      if (result.ok) return result.value;
      const { code, detail } = result.error;
      throw new ControlPlaneError('bundle-refused', `${code}: ${detail}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async assemble(folder: string, { bundle, files }: PushVersion): Promise<void> {
    for (const { path, sha256 } of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      const source = this.artifacts.pathOf(sha256);
      // Artifacts may be on another file system, or on one without hard links.
      await link(source, target).catch(() => copyFile(source, target));
    }
    await writeFile(join(folder, 'bundle.json'), JSON.stringify(bundle));
  }
}
