import type { TellCondition } from '../conditions.js';
import { assessFrames, LOOK_BACK_MS, type FrameFinding, type FrameSample } from '../core/assess-frames.js';
import type { RouterCounters } from './router-counters.js';

export interface FrameWatchOptions {
  readonly counters: () => RouterCounters;
  /** The sequence of the version that answers, null for none. */
  readonly serving: () => number | null;
  /** Frames come by themselves, and are missed where they do not. */
  readonly hasSource: boolean;
  readonly tell: TellCondition;
}

const MOST_SAMPLES = 1000;
const CODES: readonly FrameFinding['code'][] = ['no-frames', 'frames-rejected', 'frames-unanswered'];

/** Looks at the counters of one stream's frames and says what has been wrong with them lately. */
export class FrameWatch {
  private readonly samples: FrameSample[] = [];

  constructor(private readonly options: FrameWatchOptions) {}

  look(): void {
    const { counters, serving, hasSource, tell } = this.options;
    const { accepted, failed, skipped, undecodable, mismatched } = counters();
    const atMs = performance.now();
    const rejected = undecodable + mismatched;
    this.samples.push({ atMs, accepted, failed, skipped, rejected, serving: serving() });
    while (this.samples.length > MOST_SAMPLES || atMs - (this.samples[0]?.atMs ?? atMs) > LOOK_BACK_MS) {
      this.samples.shift();
    }
    const findings = assessFrames(this.samples, hasSource);
    for (const code of CODES) tell(code, findings.find((finding) => finding.code === code) ?? null);
  }
}
