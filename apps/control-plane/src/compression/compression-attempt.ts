import { compressInProcess, type CompressProgress } from '@hamon/compress';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError, type ErrorCode } from '../platform/errors.js';
import { Log } from '../platform/log.js';
import type { Lease } from './compression-queue.js';
import { CompressionIntake } from './compression-intake.js';
import { CompressionLedger } from './compression-ledger.js';
import { CompressionScratch, type ScratchFolders } from './compression-scratch.js';
import { readResult } from './read-result.js';
import type { CompressionReason, StoredCompression } from './stored-compression.js';

/** How an attempt ended without a result. `passing`: another attempt may succeed. */
interface Failure {
  readonly reason: CompressionReason;
  readonly passing: boolean;
}

/** Faults of the moment, not of the pushed files. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['overloaded', 'unavailable', 'storage-full', 'internal']);
const MAX_DETAIL = 2000;

/** One attempt at one job: artifacts to folders, folders through a process, its result to a version. */
@Injectable()
export class CompressionAttempt {
  constructor(
    private readonly config: Config,
    private readonly scratch: CompressionScratch,
    private readonly intake: CompressionIntake,
    private readonly ledger: CompressionLedger,
    private readonly log: Log,
  ) {}

  /** Settles the job, unless the signal aborts: then the job stays as it is. */
  async carryOut(
    job: StoredCompression,
    lease: Lease,
    onProgress: (progress: CompressProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const failure = await this.run(job, lease, onProgress, signal).catch((cause: unknown) =>
      this.failureOf(cause, job, signal),
    );
    if (failure === undefined || signal.aborted) return;
    if (failure.passing) await this.ledger.tryAgain(job, lease, failure.reason);
    else await this.ledger.fail(job, lease, failure.reason);
  }

  private run(
    job: StoredCompression,
    lease: Lease,
    onProgress: (progress: CompressProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    return this.scratch.lend(job, async (folders) => {
      const { source, out, calibration, evaluation: evaluate } = folders;
      const { compressionMaxSeconds: maxSeconds, compressionMaxMemoryMb: maxMemoryMb } = this.config;
      const outcome = await compressInProcess(
        { source, out, recipe: job.recipe, calibration, evaluate },
        { maxSeconds, maxMemoryMb },
        (progress) => onProgress({ ...progress, text: readable(progress.text, folders) }),
        signal,
      );
      if (outcome.kind === 'failed') {
        const { code, detail } = outcome;
        if (code === 'broken') throw new Error('compression broke', { cause: detail });
        return {
          reason: { code, detail: readable(detail, folders) },
          passing: code === 'process-ended' || code === 'disk-full',
        };
      }
      const result = await readResult(out);
      await this.intake.take(
        job,
        result,
        (manager) => this.ledger.succeed(job, lease, result.report, manager),
        signal,
      );
      return undefined;
    });
  }

  private failureOf(cause: unknown, job: StoredCompression, signal: AbortSignal): Failure | undefined {
    if (signal.aborted) return undefined;
    if (cause instanceof ControlPlaneError) {
      const { code, detail } = cause;
      return { reason: { code, detail: detail.slice(0, MAX_DETAIL) }, passing: PASSING.has(code) };
    }
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
      return { reason: { code: 'disk-full', detail: 'There is no room for its folders.' }, passing: true };
    }
    this.log.error('an attempt at a compression failed', cause, { compression: job.id });
    return {
      reason: { code: 'internal', detail: "The compression failed; the control plane's log says why." },
      passing: true,
    };
  }
}

/**
 * The reader knows files by the names under which they were sent, not by where they were put; and a hostile model's
 * names hold what a database refuses.
 */
const readable = (text: string, { root }: ScratchFolders): string =>
  Buffer.from(text.replaceAll(`${root}/`, '').replaceAll('\0', '\ufffd').slice(0, MAX_DETAIL)).toString();
