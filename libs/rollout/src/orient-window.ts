import type { TaskName, TelemetryWindow } from '@hamon/contracts';
import { emptySketch } from '@hamon/stats';
import { transposed } from './compared.js';
import { emptySide, type EvidenceContribution, type SideEvidence } from './evidence.js';

/** Whose window it is, and what counts as the candidate. */
export interface Orientation {
  /** The rollout's. A device may run others beside it, of which nothing is evidence. */
  readonly model: string;
  /** The model's. */
  readonly task: TaskName;
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
 * afterwards it is the other way round. A window of another version alone is control evidence; undefined where it is of
 * another model, or the candidate in it is one of an earlier deployment.
 */
export function orientWindow(
  window: TelemetryWindow,
  { model, candidateBundle, fresh, minSequence = 0 }: Orientation,
): EvidenceContribution | undefined {
  const { answering, shadow } = window;
  if (answering.model !== model) return undefined;
  for (const version of [answering, shadow?.version]) {
    if (version?.bundle === candidateBundle && version.sequence < minSequence) return undefined;
  }
  const candidateAnswers = answering.bundle === candidateBundle;
  const answeringSide = answeringEvidence(window);
  const related =
    shadow?.version.model === model && (candidateAnswers || shadow.version.bundle === candidateBundle);
  const shadowSide: SideEvidence = related
    ? {
        frames: shadow.inferences + shadow.errors,
        failures: shadow.errors,
        answering: emptySketch(),
        shadowing: shadow.latencyMs,
      }
    : emptySide();
  const reported = (related && shadow.comparison) || null;
  const compared = reported && candidateAnswers ? transposed(reported) : reported;
  return {
    windows: 1,
    candidate: candidateAnswers ? answeringSide : shadowSide,
    control: candidateAnswers ? shadowSide : answeringSide,
    freshFrames: candidateAnswers && fresh ? answeringSide.frames : 0,
    freshFailures: candidateAnswers && fresh ? answeringSide.failures : 0,
    compared,
    freshCompared: fresh ? compared : null,
    unpairedFrames: related && !shadow.comparison ? shadow.inferences : 0,
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
