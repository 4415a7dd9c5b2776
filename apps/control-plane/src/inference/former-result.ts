import type { InferenceResult } from '@hamon/contracts';
import type { Caller } from '../platform/http/caller.js';

/** What an agent that reads `hamon.result/2` says that it accepts. */
const NEWER = 'application/vnd.hamon.result.2+json';

/**
 * The result as its caller reads it: a device's agent of the former release, which does not name the newer form, knows
 * `hamon.result/1` alone, which has neither task nor frame and is of classification.
 */
export function asRead(result: InferenceResult, caller: Caller, accept = ''): InferenceResult {
  if (caller.kind !== 'device' || accept.includes(NEWER)) return result;
  const { task: _task, frame: _frame, ...rest } = result;
  return { ...rest, schema: 'hamon.result/1' } as unknown as InferenceResult;
}
