import type { ComparisonOf, SummaryOf, TaskName } from '@hamon/contracts';
import { classification } from './classification/classification.js';
import { segmentation } from './segmentation/segmentation.js';
import type { Task } from './task.js';

/** Every task there is. A new one is a folder here, its row, and its schemas in the contracts. */
export const TASKS: { readonly [T in TaskName]?: Task<T> } = {
  classification,
  segmentation,
};

/** The task of this name, for documents of whichever task it is. */
export function taskNamed(name: TaskName): Task {
  const task: Task | undefined = TASKS[name];
  if (!task) throw new Error(`there is no task "${name}"`);
  return task;
}

/** The task of a summary or comparison, which carries its name and the version of its shape. */
export const taskOfKind = ({ kind }: Pick<SummaryOf | ComparisonOf, 'kind'>): Task =>
  taskNamed(kind.slice(0, kind.indexOf('/')) as TaskName);
