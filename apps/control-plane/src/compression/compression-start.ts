import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SAMPLE_SETS, type StartCompression } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import { DataSource, type EntityManager } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import { VersionStore } from '../registry/version.store.js';
import {
  checkCalibration,
  checkLabels,
  checkSource,
  checkUploaded,
  readRecipe,
} from './check-compression.js';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionStore } from './compression.store.js';

/** Jobs of one fleet that have not ended. */
const MAX_OPEN = 20;
/** Jobs of one fleet that have ended and can still be looked at. */
const MAX_ENDED = 500;

/** Checks a requested compression and puts it into the queue. */
@Injectable()
export class CompressionStart {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: CompressionStore,
    private readonly events: CompressionEventStore,
    private readonly versions: VersionStore,
    private readonly artifacts: ArtifactStore,
    private readonly audit: AuditService,
  ) {}

  /** Answers the job's id. */
  async start(caller: AdminCaller, wanted: StartCompression): Promise<string> {
    const { fleet } = caller;
    const { model, sourceVersion, resultVersion, calibration, evaluation } = wanted;
    const recipe = readRecipe(wanted.recipe);
    checkCalibration(recipe, wanted);
    return this.database.transaction(async (manager) => {
      const { version: source } = await this.versions.get(fleet, model, sourceVersion, manager);
      checkSource(source);
      const task = taskNamed(source.bundle.task);
      // Of other tasks no folder is a label.
      if (task.quality.needs === 'label') checkLabels(wanted, task.labels(source.bundle.output));
      await this.jobs.lockStarts(manager, fleet);
      await this.checkQueue(manager, fleet, wanted);
      const digests = SAMPLE_SETS.flatMap((set) => (wanted[set] ?? []).map(({ sha256 }) => sha256));
      checkUploaded(wanted, await this.artifacts.reserveAll(manager, fleet, [...new Set(digests)]));

      const id = randomUUID();
      const samples = {
        ...(calibration ? { calibration: countOf(calibration) } : {}),
        ...(evaluation ? { evaluation: countOf(evaluation) } : {}),
      };
      const createdBy = caller.name;
      await this.jobs.forgetOld(manager, fleet, MAX_ENDED);
      await this.jobs.insert(
        manager,
        { id, fleet, model, sourceVersionId: source.id, resultVersion, recipe, samples, createdBy },
        { calibration, evaluation },
      );
      await this.events.append(
        manager,
        id,
        'queued',
        `${model}@${sourceVersion} is to become ${resultVersion}`,
      );
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'compression.start',
        subject: id,
        detail: { model, sourceVersion, resultVersion, variants: recipe.variants },
      });
      return id;
    });
  }

  private async checkQueue(
    manager: EntityManager,
    fleet: string,
    { model, resultVersion }: StartCompression,
  ): Promise<void> {
    const name = `${model}@${resultVersion}`;
    if (await this.versions.find(fleet, model, resultVersion, manager)) {
      throw new ControlPlaneError(
        'version-exists',
        `resultVersion: ${name} exists; a version never changes.`,
      );
    }
    const open = await this.jobs.open(manager, fleet);
    const twin = open.find((job) => job.model === model && job.resultVersion === resultVersion);
    if (twin) {
      throw new ControlPlaneError(
        'version-exists',
        `resultVersion: compression ${twin.id} is making ${name}.`,
      );
    }
    if (open.length >= MAX_OPEN) {
      throw new ControlPlaneError(
        'compression-queue-full',
        `${MAX_OPEN} compressions wait or run already; wait for one to end or cancel one.`,
        { retryAfterSeconds: 30 },
      );
    }
  }
}

const countOf = (samples: readonly { readonly length: number }[]): { samples: number; bytes: number } => ({
  samples: samples.length,
  bytes: samples.reduce((sum, { length }) => sum + length, 0),
});
