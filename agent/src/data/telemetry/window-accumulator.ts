import type { AnswerOf, FallbackReason, TelemetryWindow } from '@hamon/contracts';
import { LatencySketchBuilder } from '@hamon/stats';
import type { PairCollector, SummaryCollector } from '@hamon/tasks';
import type { EdgeAnswer } from '../edge-run.js';
import type { SkipReason } from '../frame-door.js';
import type { InputFault } from '../frame.js';
import { areComparable, type LoadedModel } from '../loaded-model.js';
import type { ShadowRecord } from '../shadow/shadow-runner.js';
import type { ShadowRole } from '../shadow/shadow-tally.js';

/** The two versions that a window is about. */
export interface WindowSubject {
  readonly active: LoadedModel;
  readonly shadow: { readonly model: LoadedModel; readonly role: ShadowRole } | null;
}

export type WindowBody = Pick<
  TelemetryWindow,
  | 'answering'
  | 'inferences'
  | 'errors'
  | 'skipped'
  | 'paced'
  | 'rejected'
  | 'fallbacks'
  | 'unloaded'
  | 'threshold'
  | 'summary'
  | 'latencyMs'
  | 'shadow'
>;

/**
 * The counters of one window. Invariants: `inferences` is the number of edge answers, and what `summary` and `latencyMs`
 * are about; `errors` counts frames that this version failed at the edge, whoever answered then.
 */
export class WindowAccumulator implements ShadowRecord {
  private readonly subject: WindowSubject;
  private readonly summary: SummaryCollector;
  private readonly latency = new LatencySketchBuilder();
  private readonly shadowLatency = new LatencySketchBuilder();
  private readonly pairs: PairCollector | null;
  private readonly fallbacks = new Map<FallbackReason, number>();
  private inferences = 0;
  private errors = 0;
  private skipped = 0;
  private paced = 0;
  private readonly rejected = { undecodable: 0, mismatched: 0 };
  private fallbackCount = 0;
  private rescued = 0;
  private unanswered = 0;
  private shadowInferences = 0;
  private shadowErrors = 0;

  /** @param onWorked a version worked for so many milliseconds, be it for an answer or as a shadow */
  constructor(
    subject: WindowSubject,
    private readonly onWorked: (ms: number) => void = () => undefined,
  ) {
    this.subject = subject;
    const { active, shadow } = subject;
    const { summaries, comparisons } = active.task;
    this.summary = summaries.collect(active.output);
    this.pairs = shadow && areComparable(active, shadow.model) ? comparisons.collect(active.output) : null;
  }

  edgeAnswer({ output, frame, latencyMs }: Omit<EdgeAnswer, 'confidence'>): void {
    this.inferences += 1;
    this.summary.add(output, frame);
    this.latency.add(latencyMs);
    this.onWorked(latencyMs);
  }

  error(): void {
    this.errors += 1;
  }

  skip(frames: number, why?: SkipReason): void {
    this.skipped += frames;
    if (why === 'cpu-budget') this.paced += frames;
  }

  /** A frame that no model has seen: its sender's fault, not the version's. */
  reject(fault: InputFault): void {
    this.rejected[fault] += 1;
  }

  fallback(reason: FallbackReason): void {
    this.fallbackCount += 1;
    this.fallbacks.set(reason, (this.fallbacks.get(reason) ?? 0) + 1);
  }

  /** A frame while the version was stopped on purpose; the cloud's answer is counted as a fallback too. */
  unloaded(wasRescued: boolean): void {
    if (wasRescued) this.rescued += 1;
    else this.unanswered += 1;
  }

  shadowAnswer(latencyMs: number): void {
    this.shadowInferences += 1;
    this.shadowLatency.add(latencyMs);
    this.onWorked(latencyMs);
  }

  shadowError(): void {
    this.shadowErrors += 1;
  }

  pair(answering: AnswerOf, shadowing: AnswerOf): void {
    this.pairs?.add(answering, shadowing);
  }

  get isEmpty(): boolean {
    const frames = this.inferences + this.errors + this.skipped + this.fallbackCount + this.unanswered;
    return frames + this.rejectedCount + this.shadowInferences + this.shadowErrors === 0;
  }

  private get rejectedCount(): number {
    return this.rejected.undecodable + this.rejected.mismatched;
  }

  body(): WindowBody {
    const { active, shadow } = this.subject;
    return {
      answering: active.version,
      inferences: this.inferences,
      errors: this.errors,
      skipped: this.skipped,
      ...(this.paced > 0 && { paced: this.paced }),
      ...(this.rejectedCount > 0 && { rejected: { ...this.rejected } }),
      fallbacks: Object.fromEntries(this.fallbacks),
      ...(this.rescued + this.unanswered > 0 && {
        unloaded: { rescued: this.rescued, unanswered: this.unanswered },
      }),
      ...(active.threshold !== undefined && { threshold: active.threshold }),
      summary: this.summary.build(),
      latencyMs: this.latency.build(),
      ...(shadow && {
        shadow: {
          role: shadow.role,
          version: shadow.model.version,
          inferences: this.shadowInferences,
          errors: this.shadowErrors,
          latencyMs: this.shadowLatency.build(),
          ...(this.pairs && { comparison: this.pairs.build() }),
        },
      }),
    };
  }
}
