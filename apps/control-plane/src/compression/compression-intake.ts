import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pushableReport } from '@hamon/compress';
import { Injectable } from '@nestjs/common';
import type { PushVersion } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { ControlPlaneError, InvariantError } from '../platform/errors.js';
import { ArtifactStore } from '../registry/artifact.store.js';
import { VersionPush } from '../registry/version-push.js';
import type { CompressionResult } from './read-result.js';
import type { StoredCompression } from './stored-compression.js';

/** How often a busy validation is tried. */
const MAX_WAITS = 30;

/** Takes a result in like every pushed version: uploaded, validated, cut into chunks, written to the audit ledger. */
@Injectable()
export class CompressionIntake {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly versions: VersionPush,
  ) {}

  /**
   * @param alongside is stored together with the version, or alone where the same version was pushed meanwhile
   * @throws ControlPlaneError what is wrong with the result, or `version-exists`
   */
  async take(
    { fleet, model, createdBy }: StoredCompression,
    { bundle, files, report }: CompressionResult,
    alongside: (manager?: EntityManager) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { sha256, length, source } of files) {
      await this.artifacts.put(fleet, sha256, createReadStream(source), length);
    }
    const kept = pushableReport(report);
    if (!kept.ok) {
      throw new InvariantError(kept.error.map(({ field, rule }) => `report.${field} ${rule}`).join('; '));
    }
    const pushed: PushVersion = {
      version: bundle.version,
      bundle,
      files: files.map(({ path, sha256, length }) => ({ path, sha256, length })),
      report: kept.value,
    };
    const caller = { kind: 'admin', fleet, name: createdBy } as const;
    for (let waits = 0; ; waits += 1) {
      try {
        const isNew = await this.versions.push(caller, model, pushed, alongside);
        if (!isNew) await alongside();
        return;
      } catch (error) {
        if (!isBusy(error) || waits === MAX_WAITS) throw error;
        await delay((error.retryAfterSeconds ?? 1) * 1000, undefined, { signal });
      }
    }
  }
}

const isBusy = (error: unknown): error is ControlPlaneError =>
  error instanceof ControlPlaneError && error.code === 'overloaded';
