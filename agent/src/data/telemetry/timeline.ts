/** A clock that drifts further than this from the monotonic one must have been set. */
const STEP_MS = 1000;

/**
 * Moments of the monotonic clock as dates: what lies between two of them is right whatever happens to the clock, and
 * what comes later has no earlier date unless the clock was set back.
 */
export class Timeline {
  private originMs = NaN;

  constructor(private readonly now: () => Date) {}

  dateOf(monotonicMs: number): Date {
    const originMs = this.now().getTime() - performance.now();
    if (!(Math.abs(originMs - this.originMs) <= STEP_MS)) this.originMs = originMs;
    return new Date(this.originMs + monotonicMs);
  }
}
