import type { GateCheck } from '@hamon/contracts';
import type { GateInput } from '../gate-input.js';
import { relabellingText } from '../label-change.js';

/**
 * The answer about agreement where every device that could compare the two versions ran one with other labels. No frame
 * will ever tell whether both do the same job: a person has to say that they need not.
 */
export function agreementWithoutLabels({ updates, labelsApprovedBy = null }: GateInput): GateCheck {
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
