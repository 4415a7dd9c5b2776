import type { DefectRule, InferenceResult } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

type Answer = Pick<InferenceResult, 'task' | 'output'>;

/**
 * Do two answers about one picture say something else? They do where they name other labels, or where one is a defect by the
 * stream's rule and the other is none; of values it is the limits that tell.
 */
export function disagree(a: Answer, b: Answer, rule: DefectRule = {}): boolean {
  if (a.task !== b.task) return false;
  const task = taskNamed(a.task);
  const [first, second] = [task.labelsIn(a.output), task.labelsIn(b.output)];
  const areSame = first.length === second.length && first.every((label, i) => label === second[i]);
  return !areSame || task.isDefect(a.output, rule) !== task.isDefect(b.output, rule);
}
