import type { ClassificationComparison } from '@hamon/contracts';
import { collapseOf, COLLAPSED_SHARE, isCollapsed, type Collapse } from '@hamon/stats';
import type { Breakdown, CheckAnswer } from '../task.js';
import { collapseCheck } from '../shared/collapse-check.js';
import { percent } from '../shared/numbers.js';

/** Frames on which the former version says something else than the candidate's commonest label, before it can pass. */
const MIN_OTHERS = 5;

/**
 * Has the candidate fallen into one label? Told by the frames on which the former version says something else: a collapsed
 * model swallows nearly all of them, however common its label is.
 */
export const collapse = collapseCheck<'classification'>(({ table }) => table, judgeCollapse);

function judgeCollapse(found: Collapse): [CheckAnswer['verdict'], string] {
  const { label, share, others } = found;
  if (isCollapsed(found)) {
    return [
      'fail',
      `the version says "${label}" on ${percent(share)} of the ${others} frames on which the former one says something else`,
    ];
  }
  if (others < MIN_OTHERS) {
    return [
      'inconclusive',
      `the former version said something else than "${label}" on ${others} frames only, ${MIN_OTHERS} are needed`,
    ];
  }
  const detail = `on ${others} frames on which the former version says something else, the version says "${label}" on ${percent(share)}`;
  return [share >= COLLAPSED_SHARE ? 'inconclusive' : 'pass', detail];
}

export function breakdown({ table }: ClassificationComparison, z: number): Breakdown | undefined {
  const found = collapseOf(table, z);
  if (!found || !isCollapsed(found)) return undefined;
  const { label, swallowed, others } = found;
  return {
    code: 'label-collapse',
    detail: `it says "${label}" on ${swallowed} of ${others} frames to which the former version gives other labels`,
  };
}
