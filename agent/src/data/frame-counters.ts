import { FALLBACK_REASONS, type FallbackReason } from '@hamon/contracts';
import type { InputFault } from './frame.js';
import type { RouterCounters } from './router-counters.js';

/** Counts what becomes of frames; made before the router, for those who report what it counts. */
export class FrameCounters {
  private accepted = 0;
  private answered = 0;
  private failed = 0;
  private skipped = 0;
  private rejected = 0;
  private readonly faulty: Record<InputFault, number> = { undecodable: 0, mismatched: 0 };
  private readonly fallbacks = Object.fromEntries(FALLBACK_REASONS.map((reason) => [reason, 0])) as Record<
    FallbackReason,
    number
  >;

  accept(): void {
    this.accepted += 1;
  }

  /** @param fallback why the cloud answered, where it did */
  answer(fallback?: FallbackReason): void {
    this.answered += 1;
    if (fallback) this.fallbacks[fallback] += 1;
  }

  fail(): void {
    this.failed += 1;
  }

  skip(frames: number): void {
    this.skipped += frames;
  }

  /** @param fault what is wrong with the frame itself, where that is why */
  reject(fault?: InputFault): void {
    this.rejected += 1;
    if (fault) this.faulty[fault] += 1;
  }

  read(): RouterCounters {
    const { accepted, answered, failed, skipped, rejected } = this;
    return {
      ...{ accepted, answered, failed, skipped, rejected },
      ...this.faulty,
      fallbacks: { ...this.fallbacks },
    };
  }
}
