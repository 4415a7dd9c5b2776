import type { TaskComparison } from '@hamon/contracts';
import { emptySketch, mergeSketches, type LatencySketch } from '@hamon/stats';
import { areOfOneKind, comparedFrames, mergeCompared } from './compared.js';

/** Frames that came to devices while one version answered. */
export interface Arrivals {
  /** Refused ones included, which no version was given. */
  readonly frames: number;
  /** Refused as they are no image that decodes … */
  readonly undecodable: number;
  /** … or do not fit the answering version's input. */
  readonly mismatched: number;
}

/** What one of the two versions showed. */
export interface SideEvidence {
  /** Frames given to the version, answering or shadowing, failed ones included. */
  readonly frames: number;
  /** Frames on which it gave no answer: errors, and frames that the cloud had to answer because the edge could not. */
  readonly failures: number;
  /** Latencies in milliseconds while it answered … */
  readonly answering: LatencySketch;
  /** … and while it ran beside the other one. */
  readonly shadowing: LatencySketch;
  /** While it answered; absent where it never did, and in evidence that an earlier version of Hamon stored. */
  readonly arrivals?: Arrivals;
}

/** Telemetry of several windows in one, or of a single one. */
export interface EvidenceContribution {
  readonly windows: number;
  readonly candidate: SideEvidence;
  /** The version that the device ran before. */
  readonly control: SideEvidence;
  /** Frames given to the candidate as the answering version on devices that are new in this stage. */
  readonly freshFrames: number;
  /** Those of them on which it gave no answer. */
  readonly freshFailures: number;
  /** What the two versions said of the same frames, the control first; null where no frame was compared. */
  readonly compared: TaskComparison | null;
  /** The part of `compared` that devices new in this stage gave. */
  readonly freshCompared: TaskComparison | null;
  /** Frames that both versions saw but whose answers could not be compared, as those of versions with other labels. */
  readonly unpairedFrames: number;
}

/** Which devices a piece of evidence is of: those that run one variant and are of one hardware class. */
export interface EvidenceOrigin {
  readonly variant: string;
  readonly hardwareClass: string;
}

export interface EvidenceGroup extends EvidenceOrigin, EvidenceContribution {}

/**
 * The telemetry of a stage, merged window by window over all touched devices, apart for each variant and hardware class:
 * a variant is judged by its own frames alone, and a fast device is no control for a slow one. Survives JSON; its size
 * does not depend on how many windows went in.
 */
export interface StageEvidence {
  /** Index of the stage. */
  readonly stage: number;
  readonly groups: readonly EvidenceGroup[];
  /** Devices of which windows were left out as they cannot be true, the first few; absent where there is none. */
  readonly leftOut?: readonly LeftOut[];
}

export interface LeftOut {
  readonly device: string;
  /** Of the first window. */
  readonly why: string;
}

/** Gathers the classes of a variant that came when there were `MAX_GROUPS` already. */
export const OTHER_CLASSES = 'others';
/** Devices name their hardware, and evidence lies in one row: its size is bounded. */
const MAX_GROUPS = 24;

/** A version that was given no frame. */
export const emptySide = (): SideEvidence => ({
  frames: 0,
  failures: 0,
  answering: emptySketch(),
  shadowing: emptySketch(),
});

/** What no window at all shows. */
export const emptyContribution = (): EvidenceContribution => ({
  windows: 0,
  candidate: emptySide(),
  control: emptySide(),
  freshFrames: 0,
  freshFailures: 0,
  compared: null,
  freshCompared: null,
  unpairedFrames: 0,
});

/** No evidence yet. */
export const emptyEvidence = (stage: number): StageEvidence => ({ stage, groups: [] });

const mergeSides = (a: SideEvidence, b: SideEvidence): SideEvidence => ({
  frames: a.frames + b.frames,
  failures: a.failures + b.failures,
  answering: mergeSketches(a.answering, b.answering),
  shadowing: mergeSketches(a.shadowing, b.shadowing),
  ...((a.arrivals ?? b.arrivals) && { arrivals: sumArrivals([a, b]) }),
});

/** What came while any of these answered. */
export const sumArrivals = (sides: readonly SideEvidence[]): Arrivals =>
  sides.reduce<Arrivals>(
    (sum, { arrivals }) =>
      arrivals === undefined
        ? sum
        : {
            frames: sum.frames + arrivals.frames,
            undecodable: sum.undecodable + arrivals.undecodable,
            mismatched: sum.mismatched + arrivals.mismatched,
          },
    { frames: 0, undecodable: 0, mismatched: 0 },
  );

/** Comparisons of two kinds tell nothing together: the later one's frames count as unpaired. */
function mergeContributions(a: EvidenceContribution, b: EvidenceContribution): EvidenceContribution {
  if (!areOfOneKind(a.compared, b.compared)) return mergeContributions(a, withoutComparison(b));
  return {
    windows: a.windows + b.windows,
    candidate: mergeSides(a.candidate, b.candidate),
    control: mergeSides(a.control, b.control),
    freshFrames: a.freshFrames + b.freshFrames,
    freshFailures: a.freshFailures + b.freshFailures,
    compared: mergeCompared(a.compared, b.compared),
    freshCompared: mergeCompared(a.freshCompared, b.freshCompared),
    unpairedFrames: a.unpairedFrames + b.unpairedFrames,
  };
}

const withoutComparison = (contribution: EvidenceContribution): EvidenceContribution => ({
  ...contribution,
  compared: null,
  freshCompared: null,
  unpairedFrames: contribution.unpairedFrames + comparedFrames(contribution.compared),
});

/** Evidence with one more window; commutative and associative up to the order of labels, so batches merge in any order. */
export function mergeEvidence(
  { groups, ...rest }: StageEvidence,
  { variant, hardwareClass }: EvidenceOrigin,
  more: EvidenceContribution,
): StageEvidence {
  const indexOf = (name: string): number =>
    groups.findIndex((group) => group.variant === variant && group.hardwareClass === name);
  const isNew = indexOf(hardwareClass) < 0;
  const name = isNew && groups.length >= MAX_GROUPS ? OTHER_CLASSES : hardwareClass;
  const at = indexOf(name);
  if (at < 0) return { ...rest, groups: [...groups, { variant, hardwareClass: name, ...more }] };
  return {
    ...rest,
    groups: groups.map((group, i) => (i === at ? { ...group, ...mergeContributions(group, more) } : group)),
  };
}

/** Several groups as one. */
export const pooledEvidence = (groups: readonly EvidenceContribution[]): EvidenceContribution =>
  groups.reduce(mergeContributions, emptyContribution());
