import type { StepKind } from './step.js';

/** How a step's result gets to the disk. */
export type WriteOrder =
  /** The state is written when the step is done; after a power cut in between the step is done again. */
  | 'after'
  /** The state is written first: a pointer moves only to what a restart would find too. */
  | 'before'
  /** As `before`, but a full disk does not stop it: going back must not wait for space. */
  | 'before-whatever-the-disk-says';

/** What it means that a step failed. */
export type FailureMeaning =
  /** The next plan gives the deployment up: it is refused, or rolled back. */
  | 'fails-the-deployment'
  /** The former version is no longer compared with the current one. */
  | 'ends-the-watch'
  /** It says nothing about the version: the step is left alone for a while and tried again. */
  | 'rests';

export interface StepRule {
  readonly write: WriteOrder;
  readonly onFailure: FailureMeaning;
}

export const STEP_RULES: Readonly<Record<StepKind, StepRule>> = {
  assign: { write: 'before', onFailure: 'rests' },
  loadCurrent: { write: 'after', onFailure: 'rests' },
  fetchIndex: { write: 'after', onFailure: 'fails-the-deployment' },
  fetchChunks: { write: 'after', onFailure: 'fails-the-deployment' },
  assembleBundle: { write: 'after', onFailure: 'fails-the-deployment' },
  stopShadow: { write: 'after', onFailure: 'rests' },
  unloadCurrent: { write: 'after', onFailure: 'rests' },
  dropCandidate: { write: 'after', onFailure: 'rests' },
  loadCandidate: { write: 'after', onFailure: 'fails-the-deployment' },
  selfTest: { write: 'after', onFailure: 'fails-the-deployment' },
  shadow: { write: 'after', onFailure: 'fails-the-deployment' },
  activate: { write: 'before', onFailure: 'fails-the-deployment' },
  loadPrevious: { write: 'after', onFailure: 'ends-the-watch' },
  observeProbation: { write: 'after', onFailure: 'fails-the-deployment' },
  commit: { write: 'before-whatever-the-disk-says', onFailure: 'rests' },
  refuse: { write: 'before-whatever-the-disk-says', onFailure: 'rests' },
  rollBack: { write: 'before-whatever-the-disk-says', onFailure: 'rests' },
  reinstall: { write: 'before-whatever-the-disk-says', onFailure: 'rests' },
  collectGarbage: { write: 'after', onFailure: 'rests' },
};
