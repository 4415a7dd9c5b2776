import type { GateCheck } from '@hamon/contracts';
import {
  anytimeMultiplier,
  collapseOf,
  COLLAPSED_SHARE,
  isCollapsed,
  type ContingencyTable,
} from '@hamon/stats';
import { percent } from '../format.js';
import type { GateInput } from '../gate-input.js';
import { CANNOT_PAIR, cannotPair, worseOfPairs } from './worse-of-cohorts.js';

/** Frames on which the control says something else than the candidate's commonest label, before it can pass. */
const MIN_OTHERS = 5;

/**
 * Has the candidate fallen into one label? Told by the frames on which the control says something else: a collapsed
 * model swallows nearly all of them, however common its label is.
 */
export const checkCollapse = (input: GateInput): GateCheck =>
  worseOfPairs(input, (paired) => collapseCheckOf(paired, input));

function collapseCheckOf(paired: ContingencyTable, input: GateInput): GateCheck {
  const { policy } = input;
  const others = collapseOf(paired, 0)?.others ?? 0;
  const z = anytimeMultiplier(Math.max(1, others), policy.minPairedFrames / 4, policy.confidence);
  const collapse = collapseOf(paired, z);
  const [verdict, detail] = judgeCollapse();
  return {
    name: 'collapse',
    verdict,
    evidence: 'paired',
    detail,
    figures: {
      share: collapse?.share ?? null,
      lower: collapse?.lower ?? null,
      limit: COLLAPSED_SHARE,
      others,
      swallowed: collapse?.swallowed ?? 0,
    },
  };

  function judgeCollapse(): [GateCheck['verdict'], string] {
    if (!collapse) {
      return ['inconclusive', cannotPair(input) ? CANNOT_PAIR : 'no frame has been seen by both versions'];
    }
    const { label, share } = collapse;
    if (isCollapsed(collapse)) {
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
    const detailOfShare = `on ${others} frames on which the former version says something else, the version says "${label}" on ${percent(share)}`;
    return [share >= COLLAPSED_SHARE ? 'inconclusive' : 'pass', detailOfShare];
  }
}
