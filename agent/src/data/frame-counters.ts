import { FALLBACK_REASONS, type FallbackReason } from '@hamon/contracts';
import type { SkipReason } from './frame-door.js';
import type { InputFault } from './frame.js';
import type { RouterCounters } from './router-counters.js';

/** Counts what becomes of frames: a stream's into its model's, and a model's into those of the whole device. */
export class FrameCounters {
  private accepted = 0;
  private answered = 0;
  private failed = 0;
  private skipped = 0;
  private paced = 0;
  private rejected = 0;
  private readonly faulty: Record<InputFault, number> = { undecodable: 0, mismatched: 0 };
  private readonly fallbacks = Object.fromEntries(FALLBACK_REASONS.map((reason) => [reason, 0])) as Record<
    FallbackReason,
    number
  >;

  /** @param whole where the same frames are counted too */
  constructor(private readonly whole?: FrameCounters) {}

  accept(): void {
    this.accepted += 1;
    this.whole?.accept();
  }

  /** @param fallback why the cloud answered, where it did */
  answer(fallback?: FallbackReason): void {
    this.answered += 1;
    if (fallback) this.fallbacks[fallback] += 1;
    this.whole?.answer(fallback);
  }

  fail(): void {
    this.failed += 1;
    this.whole?.fail();
  }

  skip(frames: number, why?: SkipReason): void {
    this.skipped += frames;
    if (why === 'cpu-budget') this.paced += frames;
    this.whole?.skip(frames, why);
  }

  /** @param fault what is wrong with the frame itself, where that is why */
  reject(fault?: InputFault): void {
    this.rejected += 1;
    if (fault) this.faulty[fault] += 1;
    this.whole?.reject(fault);
  }

  read(): RouterCounters {
    const { accepted, answered, failed, skipped, paced, rejected } = this;
    return {
      ...{ accepted, answered, failed, skipped, paced, rejected },
      ...this.faulty,
      fallbacks: { ...this.fallbacks },
    };
  }
}
