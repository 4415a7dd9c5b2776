import type { GateCheck } from '@hamon/contracts';
import { frameCount, type ContingencyTable } from '@hamon/stats';
import type { GateInput } from '../gate-input.js';

const SEVERITY: readonly GateCheck['verdict'][] = ['error', 'fail', 'inconclusive', 'pass'];

/**
 * Judges same-frame labels of all touched devices, and from the second stage on those of the new ones by themselves; the
 * worse answer counts. A version that does other work on the new devices alone would drown in the frames of the earlier
 * ones, which go on reporting. New devices that ran no other version before have nothing to be compared with.
 */
export function judgeCohorts(input: GateInput, judge: (paired: ContingencyTable) => GateCheck): GateCheck {
  const { evidence, updates } = input;
  const ofAll = judge(evidence.paired);
  const areAllNew = updates.fresh.devices === updates.all.devices;
  const areCompared = updates.freshComparable || frameCount(evidence.freshPaired) > 0;
  if (areAllNew || !areCompared) return ofAll;
  const ofNew = judge(evidence.freshPaired);
  if (SEVERITY.indexOf(ofNew.verdict) >= SEVERITY.indexOf(ofAll.verdict)) return ofAll;
  return { ...ofNew, detail: `on devices new in this stage: ${ofNew.detail}` };
}
