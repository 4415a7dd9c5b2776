import type { GateCheck, Judgement } from '@hamon/contracts';
import type { GateInput } from '../gate-input.js';
import { relabellingText } from '../label-change.js';

/**
 * In the stead of `collapse` and `agreement` where every device that could compare the two versions ran one with other
 * labels. No frame will ever tell whether both do the same job: a person has to say that they need not.
 */
export function checkLabels({ updates, labelsApprovedBy = null }: GateInput): GateCheck {
  const { relabelled } = updates;
  const differ = relabellingText(relabelled.map(({ change }) => change));
  const sum = (of: (one: (typeof relabelled)[number]) => number): number =>
    relabelled.reduce((total, one) => total + of(one), 0);
  return {
    name: 'agreement',
    verdict: labelsApprovedBy === null ? 'inconclusive' : 'pass',
    evidence: 'absolute',
    detail:
      labelsApprovedBy === null
        ? `${differ}, so that answers cannot be compared; approve goes on by the other checks alone`
        : `not compared, as ${labelsApprovedBy} approved: ${differ}`,
    figures: {
      devices: sum(({ devices }) => devices),
      added: sum(({ change }) => change.added.count),
      gone: sum(({ change }) => change.gone.count),
      moved: sum(({ change }) => change.moved.count),
    },
  };
}

/** Only a person can answer it. */
export const asksForLabels = ({ name, verdict, evidence }: GateCheck): boolean =>
  name === 'agreement' && verdict === 'inconclusive' && evidence === 'absolute';

/** Everything that frames and devices can show is well. */
export const asksOnlyForLabels = ({ checks }: Judgement): boolean =>
  checks.some(asksForLabels) && checks.every((check) => check.verdict === 'pass' || asksForLabels(check));
