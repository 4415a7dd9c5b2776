import type { AnomalyComparison } from '@hamon/contracts';
import { collapseOf, COLLAPSED_SHARE, isCollapsed, type Collapse } from '@hamon/stats';
import type { Breakdown, CheckAnswer } from '../task.js';
import { collapseCheck } from '../shared/collapse-check.js';
import { percent } from '../shared/numbers.js';
import { decisions, MIN_DIVERSITY } from './decisions.js';

/** Frames on which the former version decides otherwise, before one decision for all of them tells anything. */
const MIN_OTHERS = 5;

/**
 * Does the version decide one thing whatever it sees? Told by the frames on which the former version decides otherwise. Where
 * these are few, a version that no longer raises false alarms looks the same: a person has to say, not the gate.
 */
export const collapse = collapseCheck<'anomaly'>(decisions, judgeCollapse);

function judgeCollapse(found: Collapse, { frames }: AnomalyComparison): [CheckAnswer['verdict'], string] {
  const { label, share, others } = found;
  const detail = `the version calls ${percent(share)} of the ${others} frames "${label}" on which the former one decides otherwise`;
  if (isCollapsed(found)) return [others >= MIN_DIVERSITY * frames ? 'fail' : 'inconclusive', detail];
  if (others < MIN_OTHERS) {
    return [
      'pass',
      `both call nearly all ${frames} frames "${label}"; the scores' order has to tell the rest`,
    ];
  }
  return [share >= COLLAPSED_SHARE ? 'inconclusive' : 'pass', detail];
}

export function breakdown(comparison: AnomalyComparison, z: number): Breakdown | undefined {
  const found = collapseOf(decisions(comparison), z);
  if (!found || !isCollapsed(found) || found.others < MIN_DIVERSITY * comparison.frames) return undefined;
  const { label, swallowed, others } = found;
  return {
    code: 'answer-collapse',
    detail: `it calls ${swallowed} of ${others} frames "${label}" on which the former version decides otherwise`,
  };
}
