import type { ResultRecord } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

/** What became of a frame in one line, for people. */
export function lineOf({ result, error }: Pick<ResultRecord, 'result' | 'error'>): string {
  if (result) return taskNamed(result.task).describe(result.output);
  return `no answer: ${error?.code ?? 'unknown'}`;
}
