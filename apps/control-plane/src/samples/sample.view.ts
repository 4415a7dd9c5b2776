import type { SampleView } from '@hamon/contracts';
import type { SampleRow } from './sample.store.js';

const DAY_MS = 86_400_000;

/** @param retentionDays as the fleet's policy is now */
export const viewOfSample =
  (retentionDays: number) =>
  (row: SampleRow): SampleView => ({
    id: row.id,
    device: row.device,
    stream: row.stream,
    at: row.at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    expiresAt: new Date(row.received_at.getTime() + retentionDays * DAY_MS).toISOString(),
    reasons: [...row.reasons],
    model: row.model,
    version: row.version,
    task: row.task,
    verdict: row.verdict,
    confidence: row.confidence,
    sha256: row.sha256,
    bytes: Number(row.bytes),
    mediaType: row.media_type,
    size: row.size,
    labels: [...row.labels],
  });
