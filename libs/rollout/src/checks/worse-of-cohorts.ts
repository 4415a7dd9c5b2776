import type { GateCheck } from '@hamon/contracts';
import { frameCount, type ContingencyTable } from '@hamon/stats';
import type { GateInput } from '../gate-input.js';
import { isWorse } from '../severity.js';

/**
 * The worse of two answers: on all touched devices, and from the second stage on on the new ones by themselves. What goes
 * wrong on the new devices alone would drown in the frames of the earlier ones, which go on reporting.
 */
export function worseOfCohorts(
  { updates }: GateInput,
  ofAll: GateCheck,
  judgeNew: () => GateCheck,
): GateCheck {
  if (updates.fresh.devices === updates.all.devices) return ofAll;
  const ofNew = judgeNew();
  if (!isWorse(ofNew.verdict, ofAll.verdict)) return ofAll;
  return { ...ofNew, detail: `on devices new in this stage: ${ofNew.detail}` };
}

/** The same for same-frame labels. New devices that ran no other version before have nothing to be compared with. */
export function worseOfPairs(input: GateInput, judge: (paired: ContingencyTable) => GateCheck): GateCheck {
  const { evidence, updates } = input;
  const ofAll = judge(evidence.paired);
  const areCompared = updates.freshComparable || frameCount(evidence.freshPaired) > 0;
  return areCompared ? worseOfCohorts(input, ofAll, () => judge(evidence.freshPaired)) : ofAll;
}

/** Both versions saw frames, and yet no label could be paired; those of devices that are known to be relabelled aside. */
export const cannotPair = ({ evidence, updates }: GateInput): boolean =>
  evidence.unpairedFrames > 0 && frameCount(evidence.paired) === 0 && updates.relabelled.length === 0;

export const CANNOT_PAIR =
  'the labels of the two versions could not be paired: they differ, or there are too many';
