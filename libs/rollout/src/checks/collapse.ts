import type { GateCheck } from '@hamon/contracts';
import {
  anytimeMultiplier,
  collapseOf,
  COLLAPSED_SHARE,
  isCollapsed,
  type Collapse,
  type ContingencyTable,
} from '@hamon/stats';
import { percent } from '../format.js';
import { isCompared, type GateInput } from '../gate-input.js';
import type { Check } from './check.js';
import { CANNOT_PAIR, cannotPair, worseOfPairs } from './worse-of-cohorts.js';

/** Frames on which the control says something else than the candidate's commonest label, before it can pass. */
const MIN_OTHERS = 5;

/**
 * Has the candidate fallen into one label? Told by the frames on which the control says something else: a collapsed
 * model swallows nearly all of them, however common its label is.
 */
export const collapse = {
  name: 'collapse',
  judge: (input) =>
    isCompared(input) ? worseOfPairs(input, (paired) => collapseCheckOf(paired, input)) : undefined,
} as const satisfies Check<GateInput>;

function collapseCheckOf(paired: ContingencyTable, input: GateInput): GateCheck {
  const { minPairedFrames, confidence } = input.policy;
  const others = collapseOf(paired, 0)?.others ?? 0;
  const found = collapseOf(paired, anytimeMultiplier(Math.max(1, others), minPairedFrames / 4, confidence));
  const [verdict, detail] = found
    ? judgeCollapse(found, others)
    : ([
        'inconclusive',
        cannotPair(input) ? CANNOT_PAIR : 'no frame has been seen by both versions',
      ] as const);
  return {
    name: 'collapse',
    verdict,
    evidence: 'paired',
    detail,
    figures: {
      share: found?.share ?? null,
      lower: found?.lower ?? null,
      limit: COLLAPSED_SHARE,
      others,
      swallowed: found?.swallowed ?? 0,
    },
  };
}

/** @param others frames on which the control says something else than the candidate's commonest label */
function judgeCollapse(found: Collapse, others: number): [GateCheck['verdict'], string] {
  const { label, share } = found;
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
