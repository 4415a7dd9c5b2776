import { createRequire } from 'node:module';
import { runInLimits, type ProcessEnd, type ProcessLimits } from '@hamon/inference';
import type { OnnxErrorCode } from '@hamon/onnx';
import type { CompressOptions, CompressProgress } from '../compress-options.js';
import type { CompressErrorCode } from '../errors.js';
import type { CompressMessage, CompressOrder } from './protocol.js';

export type CompressLimits = ProcessLimits;

/**
 * - `time-limit`, `memory-limit`: it took more than it was allowed and was ended.
 * - `disk-full`: there was no room for the result.
 * - `process-ended`: it ended without having said why, as when something else killed it.
 * - `broken`: a bug; the detail is its stack.
 */
export type CompressProcessFault = Exclude<ProcessEnd['code'], 'cancelled'> | 'disk-full' | 'broken';

export type CompressFailureCode = CompressErrorCode | OnnxErrorCode | CompressProcessFault;

/** How a run ended; `done` leaves the result in the folder `out`, everything else leaves no result. */
export type CompressOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: CompressFailureCode; readonly detail: string };

const PROGRAM = createRequire(import.meta.url).resolve('@hamon/compress/compress-worker');

/**
 * {@link compress} in a child process at low priority, within limits. Folders that a killed run was writing beside `out`
 * are the caller's to remove.
 */
export async function compressInProcess(
  options: CompressOptions,
  limits: CompressLimits,
  onProgress: (progress: CompressProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<CompressOutcome> {
  const outcome = await runInLimits<CompressOrder, CompressMessage, CompressOutcome>({
    program: PROGRAM,
    order: { options },
    limits,
    hear: (message) => {
      if (message.kind !== 'progress') return outcomeOf(message);
      onProgress(message.progress);
      return undefined;
    },
    signal,
  });
  return outcome.kind === 'answered' ? outcome.answer : failed(outcome.end.code, outcome.end.detail);
}

const failed = (code: CompressFailureCode, detail: string): CompressOutcome => ({
  kind: 'failed',
  code,
  detail,
});

function outcomeOf(message: Exclude<CompressMessage, { kind: 'progress' }>): CompressOutcome {
  switch (message.kind) {
    case 'done':
      return { kind: 'done' };
    case 'refused':
      return failed(message.code, message.message);
    case 'broken':
      return failed('broken', message.stack);
  }
}
