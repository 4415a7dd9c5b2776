import type { Facts } from './facts.js';
import { answering, type ModelState } from './model-state.js';
import type { Share } from './situation.js';
import type { Step, StepKind } from './step.js';

/** What each step waits for before it begins. */
export const STEP_NEEDS: Readonly<Record<StepKind, Share | null>> = {
  assign: null,
  // The version that answers never waits for anything.
  loadCurrent: null,
  fetchIndex: 'download',
  fetchChunks: 'download',
  assembleBundle: null,
  stopShadow: null,
  unloadCurrent: null,
  dropCandidate: null,
  loadCandidate: 'memory',
  selfTest: 'self-test',
  shadow: null,
  activate: null,
  loadPrevious: 'memory',
  observeProbation: null,
  commit: null,
  refuse: null,
  rollBack: null,
  reinstall: null,
  collectGarbage: null,
};

/** A candidate that takes the place of its own model's current version needs nothing of what other models use. */
export function needOf(
  { kind }: Step,
  { slots }: ModelState,
  { roomForTwo }: Pick<Facts, 'roomForTwo'>,
): Share | null {
  const takesOwnPlace = kind === 'loadCandidate' && answering(slots.current) !== null && !roomForTwo;
  return takesOwnPlace ? null : STEP_NEEDS[kind];
}
