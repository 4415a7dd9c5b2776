import type { Reason } from '@hamon/contracts';

/** What a plan is made from beside the persisted state. All of it is lost at a restart. */
export interface Facts {
  /** Of the desired bundle. */
  readonly index: 'absent' | 'present';
  readonly missingChunks: number;
  /** Which slots have their child process. */
  readonly loaded: { readonly current: boolean; readonly previous: boolean; readonly candidate: boolean };
  /** There is a candidate's child that no slot names. */
  readonly stray: boolean;
  /** The current version's child may be started now; false while it waits after a crash. */
  readonly mayLoadCurrent: boolean;
  /** The current version has used up its crash budget. */
  readonly currentBroken: Reason | null;
  /** The current version's files on disk are not what was installed. */
  readonly currentDamaged: boolean;
  /** Two children fit into memory beside each other, or will once other models have given back what they can. */
  readonly roomForTwo: boolean;
  /** They do without anybody giving anything back for it. */
  readonly roomAtOnce: boolean;
  /** Another model needs the memory of the second child. */
  readonly yieldsMemory: boolean;
  readonly shadowPassed: boolean;
  readonly probationPassed: boolean;
  /** Why the deployment in progress cannot go on. */
  readonly failure: Reason | null;
  /** The watch after activation still runs. */
  readonly watching: boolean;
  /** Files on disk that no slot and no deployment needs. */
  readonly garbage: boolean;
}

/** Right after a start, on a device with room for two models and nothing of a bundle: no child, no result. */
export const NOTHING_KNOWN: Facts = {
  index: 'absent',
  missingChunks: 1,
  loaded: { current: false, previous: false, candidate: false },
  stray: false,
  mayLoadCurrent: true,
  currentBroken: null,
  currentDamaged: false,
  roomForTwo: true,
  roomAtOnce: true,
  yieldsMemory: false,
  shadowPassed: false,
  probationPassed: false,
  failure: null,
  watching: false,
  garbage: false,
};
