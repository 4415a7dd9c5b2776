import type { ResultRecord } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

export type KeyedRecord = Pick<ResultRecord, 'result' | 'verdict'>;

/**
 * What an answer says in short, by which a change of it is told: verdict and labels, whatever model gave them. Figures are not
 * in it, they differ in every frame. Frames without an answer have one key, whatever the reason.
 */
export function answerKey({ result, verdict }: KeyedRecord): string {
  if (!result) return 'unanswered';
  return JSON.stringify([verdict ?? null, ...taskNamed(result.task).labelsIn(result.output)]);
}
