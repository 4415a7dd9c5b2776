import type { ComparisonOf, SummaryOf, TaskName } from '@hamon/contracts';
import { anomaly } from './anomaly/anomaly.js';
import { classification } from './classification/classification.js';
import { detection } from './detection/detection.js';
import { regression } from './regression/regression.js';
import { segmentation } from './segmentation/segmentation.js';
import type { Task } from './task.js';

/** Every task there is. A new one is a folder here, its row, and its schemas in the contracts. */
export const TASKS: { readonly [T in TaskName]: Task<T> } = {
  classification,
  detection,
  segmentation,
  anomaly,
  regression,
};

/** The task of this name, for documents of whichever task it is. */
export const taskNamed = (name: TaskName): Task => TASKS[name];

/** The task of a summary or comparison, which carries its name and the version of its shape. */
export const taskOfKind = ({ kind }: Pick<SummaryOf | ComparisonOf, 'kind'>): Task =>
  taskNamed(kind.slice(0, kind.indexOf('/')) as TaskName);
