import type { ComparisonOf, TaskName } from '@hamon/contracts';
import {
  anytimeMultiplier,
  collapseOf,
  COLLAPSED_SHARE,
  type Collapse,
  type ContingencyTable,
} from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';

/**
 * Does a version give one label whatever it sees? Told by the frames on which the former one says something else, of any
 * task whose answers can be counted as labels.
 */
export const collapseCheck = <T extends TaskName>(
  tableOf: (comparison: ComparisonOf<T>) => ContingencyTable,
  judge: (found: Collapse, comparison: ComparisonOf<T>) => [CheckAnswer['verdict'], string],
): TaskCheck<T> => ({
  name: 'collapse',
  judge: (comparison, { minPairedFrames, confidence }) => {
    const table = tableOf(comparison);
    const others = collapseOf(table, 0)?.others ?? 0;
    const found = collapseOf(table, anytimeMultiplier(Math.max(1, others), minPairedFrames / 4, confidence));
    const [verdict, detail] = found
      ? judge(found, comparison)
      : (['inconclusive', 'no frame has been seen by both versions'] as const);
    return {
      verdict,
      detail,
      figures: {
        share: found?.share ?? null,
        lower: found?.lower ?? null,
        limit: COLLAPSED_SHARE,
        others,
        swallowed: found?.swallowed ?? 0,
      },
    };
  },
});
