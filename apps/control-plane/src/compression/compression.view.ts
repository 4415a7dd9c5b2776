import type { CompressionView } from '@hamon/contracts';
import type { StoredCompression } from './stored-compression.js';

export const viewCompression = (job: StoredCompression): CompressionView => ({
  id: job.id,
  model: job.model,
  sourceVersion: job.sourceVersion,
  resultVersion: job.resultVersion,
  recipe: job.recipe,
  calibration: job.samples.calibration ?? null,
  evaluation: job.samples.evaluation ?? null,
  state: job.state,
  progress: job.progress,
  attempts: job.attempts,
  reason: job.reason,
  createdBy: job.createdBy,
  createdAt: job.createdAt.toISOString(),
  startedAt: job.startedAt?.toISOString() ?? null,
  endedAt: job.endedAt?.toISOString() ?? null,
});
