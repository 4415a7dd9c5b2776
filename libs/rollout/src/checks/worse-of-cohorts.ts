import type { GateCheck, TaskComparison } from '@hamon/contracts';
import { comparedFrames } from '../compared.js';
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

/** The same for same-frame answers. New devices that ran no other version before have nothing to be compared with. */
export function worseOfPairs(
  input: GateInput,
  judge: (compared: TaskComparison | null) => GateCheck,
): GateCheck {
  const { compared, freshCompared } = input.evidence;
  const ofAll = judge(compared);
  const areCompared = input.updates.freshComparable || comparedFrames(freshCompared) > 0;
  return areCompared ? worseOfCohorts(input, ofAll, () => judge(freshCompared)) : ofAll;
}

/** Both versions saw frames, and yet no answer could be compared; those of devices that are known to be relabelled aside. */
export const cannotPair = ({ evidence, updates }: GateInput): boolean =>
  evidence.unpairedFrames > 0 && comparedFrames(evidence.compared) === 0 && updates.relabelled.length === 0;

export const CANNOT_PAIR =
  'the answers of the two versions could not be compared: their labels differ, or there are too many';
