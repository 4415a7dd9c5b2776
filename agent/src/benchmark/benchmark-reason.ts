import type { BenchmarkReason } from '@hamon/contracts';
import { AgentError } from '../agent-error.js';
import { reasonOf } from '../runner/reason-of.js';

/** A fault as it is reported; undefined for a bug. */
export function benchmarkReason(cause: unknown): BenchmarkReason | undefined {
  if (cause instanceof AgentError && cause.code === 'no-memory') {
    return { code: 'no-memory', detail: cause.message.slice(0, 500) };
  }
  return reasonOf(cause);
}

/** May the next attempt end differently? What the device lacks, or what is wrong with the bundle, stays so. */
export const isWorthRepeating = ({ code }: BenchmarkReason): boolean =>
  code === 'worker-crashed' ||
  code === 'worker-hung' ||
  code === 'chunk-unavailable' ||
  code === 'storage-error';

/** Seen before anything was measured: it is refused, and nothing has failed. */
export const isRefusal = ({ code }: BenchmarkReason): boolean => code === 'no-memory' || code === 'disk-full';
