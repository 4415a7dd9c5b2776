import type { TaskComparison } from '@hamon/contracts';
import { taskOfKind } from '@hamon/tasks';

/** Frames that both versions answered and whose answers were held against each other. */
export const comparedFrames = (compared: TaskComparison | null): number => compared?.frames ?? 0;

/** Of one task, and of one shape. */
export const areOfOneKind = (a: TaskComparison | null, b: TaskComparison | null): boolean =>
  a === null || b === null || a.kind === b.kind;

/** Both as one, bounded by the task's own limits. They must be of one kind. */
export function mergeCompared(a: TaskComparison | null, b: TaskComparison | null): TaskComparison | null {
  if (a === null || b === null) return a ?? b;
  return taskOfKind(a).comparisons.merge(a, b);
}

/** The same frames with the two versions' places changed. */
export const transposed = (compared: TaskComparison): TaskComparison =>
  taskOfKind(compared).comparisons.transpose(compared);
