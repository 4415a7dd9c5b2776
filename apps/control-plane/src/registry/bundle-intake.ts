import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { PushVersion } from '@hamon/contracts';
import { InferenceError, validateInProcess, type ValidatedBundle } from '@hamon/inference';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { FairTurns } from '../platform/fair-turns.js';
import { ArtifactStore } from './artifact.store.js';

const MAX_WAITING = 32;
const MAX_WAITING_OF_FLEET = 8;
const SECONDS_PER_VARIANT = 20;

/** Validates a pushed bundle, in a process of its own, before any of it is stored as a version. */
@Injectable()
export class BundleIntake implements OnModuleDestroy {
  private readonly abort = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private readonly turns: FairTurns;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly config: Config,
  ) {
    const atOnce = config.validations;
    // One place is always left to another fleet: a fleet whose models hang stops no other.
    const atOnceEach = Math.max(1, atOnce - 1);
    this.turns = new FairTurns({
      ...{ atOnce, atOnceEach },
      ...{ waiting: MAX_WAITING, waitingEach: MAX_WAITING_OF_FLEET },
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.abort.abort();
    await Promise.allSettled(this.running);
  }

  /** The bundle with golden samples, expectations and baseline filled in; refused with one reason otherwise. */
  async validate(fleet: string, pushed: PushVersion): Promise<ValidatedBundle> {
    const turn = this.turns.take(fleet, fleet);
    if (!turn) {
      throw new ControlPlaneError('overloaded', 'Too many pushed bundles wait for their validation.', {
        retryAfterSeconds: 10,
      });
    }
    const end = await turn;
    const work = this.validateNow(pushed);
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
      end();
    }
  }

  private async validateNow(pushed: PushVersion): Promise<ValidatedBundle> {
    const folder = await mkdtemp(join(this.config.dataDir, 'tmp', 'bundle-'));
    try {
      await this.artifacts.place(folder, pushed.files);
      await writeFile(join(folder, 'bundle.json'), JSON.stringify(pushed.bundle));
      const { validationSeconds, validationMemoryMb: maxMemoryMb } = this.config;
      const maxSeconds = validationSeconds + SECONDS_PER_VARIANT * pushed.bundle.variants.length;
      const limits = { maxSeconds, maxMemoryMb };
      const result = await validateInProcess(folder, limits, this.abort.signal).catch(asPassing);
      if (result.ok) return result.value;
      const { code, detail } = result.error;
      throw new ControlPlaneError('bundle-refused', `${code}: ${detail}`);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

/** A process that was ended from outside says nothing about the bundle. */
function asPassing(cause: unknown): never {
  if (!(cause instanceof InferenceError)) throw cause;
  throw new ControlPlaneError('unavailable', `The validation did not finish: ${cause.message}.`, {
    retryAfterSeconds: 10,
    cause,
  });
}
