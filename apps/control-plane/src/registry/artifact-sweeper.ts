import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { ArtifactStore } from './artifact.store.js';

const EVERY_MS = 10 * 60_000;

/** Removes uploads that never became part of a version. */
@Injectable()
export class ArtifactSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('sweeping artifacts', EVERY_MS, () => this.sweep(), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  private async sweep(): Promise<void> {
    const removed = await this.artifacts.sweep(this.config.artifactGraceSeconds);
    if (removed > 0) this.log.info('removed unused artifacts', { removed });
  }
}
