import type { TelemetryWindow } from '@hamon/contracts';
import {
  emptySketch,
  emptyTable,
  frameCount,
  mergeSketches,
  mergeTables,
  transposeTable,
  type ContingencyTable,
  type LatencySketch,
} from '@hamon/stats';

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
  /** Same-frame labels: first the control's, second the candidate's. */
  readonly paired: ContingencyTable;
  /** The part of `paired` that devices new in this stage gave. */
  readonly freshPaired: ContingencyTable;
  /** Frames that both versions saw but whose labels could not be paired, because the versions' labels differ. */
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

const emptySide = (): SideEvidence => ({
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
  paired: emptyTable(),
  freshPaired: emptyTable(),
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

/** As many as a bundle may have, and `UNKEPT_LABEL`. */
const MAX_LABELS = 1001;

/**
 * Where one side would bring more labels than any version has, its frames count as unpaired: a device may invent labels,
 * and every one of them would be kept and stored.
 */
function mergeContributions(a: EvidenceContribution, b: EvidenceContribution): EvidenceContribution {
  const paired = mergeTables(a.paired, b.paired);
  if (paired.labels.length > MAX_LABELS) {
    const unpairedFrames = b.unpairedFrames + frameCount(b.paired);
    return mergeContributions(a, {
      ...b,
      paired: emptyTable(),
      freshPaired: emptyTable(),
      unpairedFrames,
    });
  }
  return {
    windows: a.windows + b.windows,
    candidate: mergeSides(a.candidate, b.candidate),
    control: mergeSides(a.control, b.control),
    freshFrames: a.freshFrames + b.freshFrames,
    freshFailures: a.freshFailures + b.freshFailures,
    paired,
    freshPaired: mergeTables(a.freshPaired, b.freshPaired),
    unpairedFrames: a.unpairedFrames + b.unpairedFrames,
  };
}

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

/** Whose window it is, and what counts as the candidate. */
export interface Orientation {
  /** Digest of the bundle that the device shall run. */
  readonly candidateBundle: string;
  /** The device is new in the current stage: its position is at least `firstNewPosition`. */
  readonly fresh: boolean;
  /**
   * Sequence of the device's deployment in this rollout: a candidate below it belongs to an earlier attempt with the
   * same bundle, whose windows may arrive late, and says nothing about this one.
   */
  readonly minSequence?: number;
}

/**
 * Tells candidate from control in a device's window: before activation the control answers and the candidate shadows,
 * afterwards it is the other way round. A window of another version alone is control evidence; undefined where the
 * candidate in it is one of an earlier deployment.
 */
export function orientWindow(
  window: TelemetryWindow,
  { candidateBundle, fresh, minSequence = 0 }: Orientation,
): EvidenceContribution | undefined {
  const { answering, shadow } = window;
  for (const version of [answering, shadow?.version]) {
    if (version?.bundle === candidateBundle && version.sequence < minSequence) return undefined;
  }
  const candidateAnswers = answering.bundle === candidateBundle;
  const answeringSide = answeringEvidence(window);
  const related = shadow && (candidateAnswers || shadow.version.bundle === candidateBundle);
  const shadowSide: SideEvidence = related
    ? {
        frames: shadow.inferences + shadow.errors,
        failures: shadow.errors,
        answering: emptySketch(),
        shadowing: shadow.latencyMs,
      }
    : emptySide();
  const reported = (related && shadow.paired) || emptyTable();
  const paired = candidateAnswers ? transposeTable(reported) : reported;
  return {
    windows: 1,
    candidate: candidateAnswers ? answeringSide : shadowSide,
    control: candidateAnswers ? shadowSide : answeringSide,
    freshFrames: candidateAnswers && fresh ? answeringSide.frames : 0,
    freshFailures: candidateAnswers && fresh ? answeringSide.failures : 0,
    paired,
    freshPaired: fresh ? paired : emptyTable(),
    unpairedFrames: related && !shadow.paired ? shadow.inferences : 0,
  };
}

/**
 * A frame that the edge failed and the cloud rescued is a failure of the version all the same; else the fallback would
 * carry a broken version through every gate. `errors` holds the failed runs, rescued or not; frames for which the child
 * was down, or late, are known by the cloud's answers alone. A late frame may also have ended as an error (a hang), hence
 * the maximum.
 */
function answeringEvidence(window: TelemetryWindow): SideEvidence {
  const { inferences, errors, fallbacks, unloaded, latencyMs } = window;
  const { undecodable, mismatched } = window.rejected ?? { undecodable: 0, mismatched: 0 };
  // While it was stopped on purpose nobody asked it.
  const down = (fallbacks['worker-down'] ?? 0) - (unloaded?.rescued ?? 0);
  const failures = Math.max(errors, fallbacks['too-slow'] ?? 0) + down;
  const frames = Math.max(inferences + errors + down, failures);
  const arrivals = { frames: frames + undecodable + mismatched, undecodable, mismatched };
  return { frames, failures, answering: latencyMs, shadowing: emptySketch(), arrivals };
}
