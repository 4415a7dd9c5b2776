import type { BenchmarkView } from '@hamon/contracts';
import type { BenchmarkRow } from './benchmark.store.js';

export const viewOfBenchmark = (row: BenchmarkRow): BenchmarkView => ({
  id: row.id,
  device: row.device,
  model: row.model,
  version: row.version,
  state: row.state,
  requestedAt: row.requestedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  progress: row.progress,
  reason: row.reason,
  hardwareClass: row.hardwareClass,
  results: [...row.results],
});
