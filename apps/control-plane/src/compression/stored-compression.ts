import type { Recipe } from '@hamon/compress';
import type { CompressionProgress, CompressionState, SampleSet } from '@hamon/contracts';

/** How large a set of samples is. */
export interface SampleCount {
  readonly samples: number;
  readonly bytes: number;
}

/** Why a compression failed, or why its last attempt did. */
export interface CompressionReason {
  readonly code: string;
  readonly detail: string;
}

/** One compression as its row keeps it, without its report. */
export interface StoredCompression {
  readonly id: string;
  readonly fleet: string;
  readonly model: string;
  readonly sourceVersionId: string;
  readonly sourceVersion: string;
  readonly resultVersion: string;
  readonly recipe: Recipe;
  readonly samples: { readonly [K in SampleSet]?: SampleCount };
  readonly state: CompressionState;
  readonly progress: CompressionProgress | null;
  readonly attempts: number;
  readonly reason: CompressionReason | null;
  /** Name of the admin token. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** Columns of `compression_jobs job JOIN known_versions source` that make a `StoredCompression`. */
export const COMPRESSION_COLUMNS = `job.id, job.fleet, job.model, job.source_version_id AS "sourceVersionId",
  source.version AS "sourceVersion", job.result_version AS "resultVersion", job.recipe, job.samples, job.state,
  job.progress, job.attempts, job.reason, job.created_by AS "createdBy", job.created_at AS "createdAt",
  job.started_at AS "startedAt", job.ended_at AS "endedAt"`;
