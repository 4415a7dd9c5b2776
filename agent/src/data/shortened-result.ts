import type { InferenceResult } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

/** The same result without what takes most of its answer's room, such as the pixels of a mask; itself where that is little. */
export function shortenedResult(result: InferenceResult): InferenceResult {
  const output = taskNamed(result.task).shortened?.(result.output);
  return output ? { ...result, output } : result;
}
