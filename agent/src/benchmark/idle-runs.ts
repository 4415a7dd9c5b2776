import type { InferenceHost, RunOutcome } from '@hamon/inference';
import type { FrameActivity } from '../data/frame-activity.js';

type Host = Pick<InferenceHost, 'run'>;
type Input = Uint8Array | Float32Array;

/** Runs after a frame until the caches hold this model again. */
const REWARM_RUNS = 2;

/**
 * Runs in the moments in which no frame is under way: a live frame waits for one run at most, and what a frame overlaps
 * is not measured.
 */
export class IdleRuns {
  constructor(
    private readonly activity: FrameActivity,
    private readonly signal: AbortSignal,
  ) {}

  /** One run for its answer, which a frame may overlap; begins in an idle moment. */
  async run(host: Host, input: Input): Promise<RunOutcome> {
    await this.activity.whenIdle(this.signal);
    const outcome = await host.run(input);
    this.signal.throwIfAborted();
    return outcome;
  }

  /** The same as a host, for code that expects one. */
  on = (host: Host): Host => ({ run: (input) => this.run(host, input) });

  /** Milliseconds of `runs` runs that nothing overlapped, after some that are not measured; inputs are taken in turns. */
  async block(
    host: Host,
    inputs: readonly Input[],
    { runs, warmupRuns }: { readonly runs: number; readonly warmupRuns: number },
  ): Promise<readonly number[]> {
    let turn = 0;
    const next = (): Input => inputs[turn++ % inputs.length] as Input;
    const warm = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) await this.run(host, next());
    };
    await warm(warmupRuns);
    const times: number[] = [];
    let begun = this.activity.begun;
    while (times.length < runs) {
      await this.activity.whenIdle(this.signal);
      if (this.activity.begun !== begun) {
        await warm(REWARM_RUNS);
        await this.activity.whenIdle(this.signal);
      }
      begun = this.activity.begun;
      const { runMs } = await host.run(next());
      this.signal.throwIfAborted();
      if (this.activity.begun === begun) times.push(runMs);
    }
    return times;
  }
}
