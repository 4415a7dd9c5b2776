import type { TellCondition } from '../conditions.js';
import { assessFrames, LOOK_BACK_MS, type FrameFinding, type FrameSample } from '../core/assess-frames.js';
import type { FrameRouter } from './frame-router.js';

export interface FrameWatchOptions {
  readonly router: Pick<FrameRouter, 'counters' | 'active'>;
  /** Frames come by themselves, and are missed where they do not. */
  readonly hasSource: boolean;
  readonly tell: TellCondition;
}

const LOOK_MS = 10_000;
const MOST_SAMPLES = 1000;
const CODES: readonly FrameFinding['code'][] = ['no-frames', 'frames-rejected', 'frames-unanswered'];

/** Looks at the frames' counters every few seconds and says what has been wrong with them lately. */
export class FrameWatch {
  private readonly samples: FrameSample[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FrameWatchOptions) {}

  start(): void {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  look(): void {
    const { router, hasSource, tell } = this.options;
    const { accepted, failed, skipped, undecodable, mismatched } = router.counters();
    const atMs = performance.now();
    const serving = router.active?.version.sequence ?? null;
    this.samples.push({ atMs, accepted, failed, skipped, rejected: undecodable + mismatched, serving });
    while (this.samples.length > MOST_SAMPLES || atMs - (this.samples[0]?.atMs ?? atMs) > LOOK_BACK_MS) {
      this.samples.shift();
    }
    const findings = assessFrames(this.samples, hasSource);
    for (const code of CODES) tell(code, findings.find((finding) => finding.code === code) ?? null);
  }
}
