import type { AnswerOf } from '@hamon/contracts';
import { LatencySketchBuilder } from '@hamon/stats';
import type { PairCollector } from '@hamon/tasks';
import type { DecodedFrame } from '../decoded-frame.js';
import type { FrameActivity } from '../frame-activity.js';
import { edgeRun, type EdgeAnswer } from '../edge-run.js';
import { areComparable, type LoadedModel } from '../loaded-model.js';
import type { ShadowRole, ShadowTally } from './shadow-tally.js';

/** Where a shadow run writes down what it did. */
export interface ShadowRecord {
  shadowAnswer(latencyMs: number): void;
  shadowError(): void;
  pair(answering: AnswerOf, shadowing: AnswerOf): void;
}

/** One frame for the shadow. Its taker calls `done` exactly once, also where it drops the job. */
export interface ShadowJob {
  readonly frame: DecodedFrame;
  /** Null where the answering version had no edge answer. */
  readonly answering: EdgeAnswer | null;
  readonly record: ShadowRecord;
  /** Told of the shadow's answer to a frame that the answering version answered too. */
  readonly onAnswer?: (answer: EdgeAnswer) => void;
  readonly done: () => void;
}

/** Frames that wait for the shadow at most; each holds its pixels. */
const MAX_BACKLOG = 8;
/** Longest wait of a lone job, so that a slow source does not stretch the evidence. */
const MAX_PAUSE_MS = 250;

/**
 * Runs the other version on frames that have their answer already: one at a time, from a bounded backlog, so that a
 * slow shadow costs pairs, never frames or answers.
 */
export class ShadowRunner {
  private readonly shadowModel: LoadedModel;
  private readonly shadowRole: ShadowRole;
  private readonly activity: FrameActivity | undefined;
  private readonly pairs: PairCollector | null;
  private readonly latency = new LatencySketchBuilder();
  private readonly answeringLatency = new LatencySketchBuilder();
  private readonly backlog: ShadowJob[] = [];
  private running: Promise<void> | undefined;
  private stopped = false;
  private frames = 0;
  private errors = 0;
  private notFinite = 0;
  private dropped = 0;
  private lastOfferAt: number | undefined;
  private gapMs = 0;
  private wake: (() => void) | undefined;

  /**
   * @param answering - the version whose answers are compared with this one's.
   * @param activity - is told of each run.
   */
  constructor(model: LoadedModel, role: ShadowRole, answering: LoadedModel | null, activity?: FrameActivity) {
    this.activity = activity;
    this.shadowModel = model;
    this.shadowRole = role;
    this.pairs =
      answering && areComparable(answering, model) ? model.task.comparisons.collect(model.output) : null;
  }

  get model(): LoadedModel {
    return this.shadowModel;
  }

  get role(): ShadowRole {
    return this.shadowRole;
  }

  offer(job: ShadowJob): void {
    this.measureGap();
    if (this.stopped || this.backlog.length >= MAX_BACKLOG) {
      this.dropped += 1;
      job.done();
      return;
    }
    this.backlog.push(job);
    // A waiting job's pause ends when the next one comes: the pause must not let the backlog grow.
    if (this.backlog.length > 1) this.wake?.();
    this.running ??= this.work();
  }

  tally(): ShadowTally {
    return {
      role: this.shadowRole,
      version: this.shadowModel.version,
      frames: this.frames,
      errors: this.errors,
      notFinite: this.notFinite,
      pairs: this.pairs?.frames ?? 0,
      dropped: this.dropped,
      latencyMs: this.latency.build(),
      answeringLatencyMs: this.answeringLatency.build(),
      comparison: this.pairs?.build() ?? null,
    };
  }

  /** Drops what waits; settles when the run in the child has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const job of this.backlog.splice(0)) {
      this.dropped += 1;
      job.done();
    }
    this.wake?.();
    await this.running;
  }

  /** Settles when every job offered so far has been run. */
  async idle(): Promise<void> {
    this.wake?.();
    await this.running;
  }

  private async work(): Promise<void> {
    // The pause comes before the look at the backlog: after it, either the job or the stop is seen.
    for (;;) {
      if (this.backlog.length === 1) await this.pause();
      const job = this.backlog.shift();
      if (!job) break;
      const rest = this.activity?.begin();
      try {
        await this.run(job);
      } finally {
        rest?.();
        job.done();
      }
    }
    this.running = undefined;
  }

  private async run({ frame, answering, record, onAnswer }: ShadowJob): Promise<void> {
    // Rejects only for an image that decodes for one size and not for another; the frame has its answer either way.
    const input = await frame.inputFor(this.shadowModel.bundle.input).catch(() => undefined);
    if (!input) {
      this.dropped += 1;
      return;
    }
    const outcome = await edgeRun(this.shadowModel, input);
    this.frames += 1;
    if (!outcome.ok) {
      this.errors += 1;
      if (outcome.error.code === 'not-finite') this.notFinite += 1;
      record.shadowError();
      return;
    }
    this.latency.add(outcome.value.latencyMs);
    record.shadowAnswer(outcome.value.latencyMs);
    if (!answering || !this.pairs) return;
    this.answeringLatency.add(answering.latencyMs);
    this.pairs.add(answering.output, outcome.value.output);
    record.pair(answering.output, outcome.value.output);
    onAnswer?.(outcome.value);
  }

  /**
   * Half the usual gap between frames: a run right after another finds warm caches and a fast clock, and takes half the
   * time of one after a rest. Without the pause a shadow would always look faster than the version that answers.
   */
  private async pause(): Promise<void> {
    const pauseMs = Math.min(this.gapMs / 2, MAX_PAUSE_MS);
    if (this.stopped || pauseMs < 1) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }

  private measureGap(): void {
    const now = performance.now();
    if (this.lastOfferAt !== undefined) this.gapMs += (now - this.lastOfferAt - this.gapMs) / 8;
    this.lastOfferAt = now;
  }
}
