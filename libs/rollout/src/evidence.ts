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
}

/**
 * The telemetry of a stage, merged window by window over all touched devices. Survives JSON; its size does not depend on
 * how many windows went in.
 */
export interface StageEvidence {
  /** Index of the stage. */
  readonly stage: number;
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

/** What one window adds to a stage's evidence. */
export type EvidenceContribution = Omit<StageEvidence, 'stage'>;

const emptySide = (): SideEvidence => ({
  frames: 0,
  failures: 0,
  answering: emptySketch(),
  shadowing: emptySketch(),
});

const emptyContribution = (): EvidenceContribution => ({
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
export const emptyEvidence = (stage: number): StageEvidence => ({ stage, ...emptyContribution() });

const mergeSides = (a: SideEvidence, b: SideEvidence): SideEvidence => ({
  frames: a.frames + b.frames,
  failures: a.failures + b.failures,
  answering: mergeSketches(a.answering, b.answering),
  shadowing: mergeSketches(a.shadowing, b.shadowing),
});

/** As many as a bundle may have, and `UNKEPT_LABEL`. */
const MAX_LABELS = 1001;

/**
 * Evidence with one more window; commutative and associative up to the order of labels, so batches merge in any order.
 * Where a window would bring more labels than any version has, its frames count as unpaired: a device may invent labels,
 * and every one of them would be kept and stored.
 */
export function mergeEvidence(evidence: StageEvidence, more: EvidenceContribution): StageEvidence {
  if (mergeTables(evidence.paired, more.paired).labels.length > MAX_LABELS) {
    const unpairedFrames = more.unpairedFrames + frameCount(more.paired);
    return mergeEvidence(evidence, {
      ...more,
      paired: emptyTable(),
      freshPaired: emptyTable(),
      unpairedFrames,
    });
  }
  return {
    stage: evidence.stage,
    windows: evidence.windows + more.windows,
    candidate: mergeSides(evidence.candidate, more.candidate),
    control: mergeSides(evidence.control, more.control),
    freshFrames: evidence.freshFrames + more.freshFrames,
    freshFailures: evidence.freshFailures + more.freshFailures,
    paired: mergeTables(evidence.paired, more.paired),
    freshPaired: mergeTables(evidence.freshPaired, more.freshPaired),
    unpairedFrames: evidence.unpairedFrames + more.unpairedFrames,
  };
}

/** Whose window it is, and what counts as the candidate. */
export interface Orientation {
  /** Digest of the rollout's bundle. */
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
function answeringEvidence({ inferences, errors, fallbacks, latencyMs }: TelemetryWindow): SideEvidence {
  const down = fallbacks['worker-down'] ?? 0;
  const failures = Math.max(errors, fallbacks['too-slow'] ?? 0) + down;
  const frames = Math.max(inferences + errors + down, failures);
  return { frames, failures, answering: latencyMs, shadowing: emptySketch() };
}
