/** Frames since the agent's start, at a moment of the monotonic clock. */
export interface FrameSample {
  readonly atMs: number;
  readonly accepted: number;
  readonly failed: number;
  readonly skipped: number;
  /** No image, or not fitting the model's input. */
  readonly rejected: number;
  /** The sequence of the version that answered, null for none. */
  readonly serving: number | null;
}

export interface FrameFinding {
  readonly code: 'no-frames' | 'frames-rejected' | 'frames-unanswered';
  readonly detail: string;
  readonly share?: number;
}

/** Only the last minutes count: what has been repaired is forgotten after this time. */
export const LOOK_BACK_MS = 5 * 60_000;
/** A single bad frame is no trouble; one in twenty needs somebody's attention. */
const LEAST_FRAMES = 5;
const LEAST_SHARE = 0.05;

/**
 * What is wrong with the frames of the last minutes. A pure function of samples in order, the oldest of which is
 * `LOOK_BACK_MS` old at most.
 *
 * @param hasSource frames come by themselves; where they are asked for by HTTP, none may be due
 */
export function assessFrames(samples: readonly FrameSample[], hasSource: boolean): readonly FrameFinding[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return [];
  const gone = (of: 'accepted' | 'failed' | 'skipped' | 'rejected'): number => last[of] - first[of];
  const came = gone('accepted') + gone('rejected');
  const findings: FrameFinding[] = [];
  const minutes = Math.round((last.atMs - first.atMs) / 60_000);
  const served = samples.every(({ serving }) => serving !== null);
  const isLong = last.atMs - first.atMs >= LOOK_BACK_MS * 0.9;
  if (hasSource && served && isLong && came + gone('skipped') === 0) {
    findings.push({ code: 'no-frames', detail: `no frame has come for ${minutes} min` });
  }
  const about = (
    code: 'frames-rejected' | 'frames-unanswered',
    bad: number,
    of: number,
    what: string,
  ): void => {
    const share = of === 0 ? 0 : bad / of;
    if (bad < LEAST_FRAMES || share < LEAST_SHARE) return;
    const lately = minutes < 1 ? 'lately' : `in ${minutes} min`;
    findings.push({ code, share, detail: `${bad} of ${of} frames ${lately} ${what}` });
  };
  about('frames-rejected', gone('rejected'), came, 'were no image that decodes, or did not fit the model');
  about('frames-unanswered', gone('failed'), gone('accepted'), 'got no answer');
  return findings;
}
