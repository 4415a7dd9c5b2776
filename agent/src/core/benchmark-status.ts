import type { BenchmarkProgress, ReplyState } from '@hamon/contracts';
import { deadlineOf, type BenchmarkRecord } from './benchmark-record.js';

/** An open benchmark as the device itself shows it. */
export interface BenchmarkStatus {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly state: Extract<ReplyState, 'accepted' | 'running'>;
  /** Null before it has begun, and where no agent runs. */
  readonly progress: BenchmarkProgress | null;
  /** It ends then in any case. */
  readonly deadline: string;
}

export function benchmarkStatus(
  { open }: BenchmarkRecord,
  progress: BenchmarkProgress | null,
): BenchmarkStatus | null {
  if (!open) return null;
  const { id, benchmark } = open.command;
  return {
    ...{ id, model: benchmark.model, version: benchmark.version },
    ...{ state: progress ? 'running' : 'accepted', progress },
    deadline: new Date(deadlineOf(open)).toISOString(),
  };
}
