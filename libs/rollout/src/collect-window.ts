import { windowFault, type TaskName, type TelemetryWindow } from '@hamon/contracts';
import { contributionFault } from './evidence-fault.js';
import { emptyEvidence, mergeEvidence, type EvidenceOrigin, type StageEvidence } from './evidence.js';
import { orientWindow, type Orientation } from './orient-window.js';

/** Evidence lies in one row: its size is bounded. */
const MOST_LEFT_OUT = 8;

/**
 * Evidence with a device's window. One that cannot be true is left out and its device named, so that a single device can
 * neither outshout the others nor make the whole evidence unusable.
 */
export function collectWindow(
  evidence: StageEvidence,
  window: TelemetryWindow,
  origin: EvidenceOrigin,
  orientation: Orientation,
): StageEvidence {
  const more = orientWindow(window, orientation);
  if (!more) return evidence;
  const fault = windowFault(window);
  if (fault) return withoutDevice(evidence, window.device, `${fault.path.join('.')} ${fault.rule}`);
  const contradiction = contributionFault(more, orientation.task);
  if (contradiction !== undefined) return withoutDevice(evidence, window.device, contradiction);
  return mergeEvidence(evidence, origin, more);
}

/** Evidence that names a device of which a window was left out. */
export function withoutDevice(evidence: StageEvidence, device: string, why: string): StageEvidence {
  const leftOut = evidence.leftOut ?? [];
  if (leftOut.length >= MOST_LEFT_OUT || leftOut.some((one) => one.device === device)) return evidence;
  return { ...evidence, leftOut: [...leftOut, { device, why }] };
}

/**
 * The stored evidence as far as it goes on counting in a stage: none of another stage, and no group that contradicts
 * itself, as windows that an earlier version took in may have left it; it would keep the gate from judging for good.
 */
export function evidenceToContinue(stored: StageEvidence, stage: number, task: TaskName): StageEvidence {
  if (stored.stage !== stage) return emptyEvidence(stage);
  const groups = stored.groups.filter((group) => contributionFault(group, task) === undefined);
  return groups.length === stored.groups.length ? stored : { ...stored, groups };
}
