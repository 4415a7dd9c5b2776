import { DEFAULT_DEVICE_POLICY, type DevicePolicy, type ResultRecord } from '@hamon/contracts';
import { ImageDecoder } from '@hamon/inference';
import { acceptInput } from './accept-input.js';
import type { CloudFallback } from './fallback/cloud-fallback.js';
import { FrameActivity } from './frame-activity.js';
import { FrameCounters } from './frame-counters.js';
import { FrameTaps } from './frame-taps.js';
import { INPUT_FAULTS, type Frame, type FrameFailure, type FrameOutcome, type InputFault } from './frame.js';
import type { HybridAnswer } from './hybrid-answer.js';
import { sameVersion, type LoadedModel } from './loaded-model.js';
import { ModelUses } from './model-uses.js';
import { routeFrame } from './route-frame.js';
import type { ActiveTally, RouterCounters } from './router-counters.js';
import { ShadowRunner } from './shadow/shadow-runner.js';
import type { ShadowRole, ShadowTally } from './shadow/shadow-tally.js';
import type { ResultSink } from './sinks/result-sink.js';
import type { TelemetryRecorder } from './telemetry/telemetry-recorder.js';

export interface FrameRouterOptions {
  readonly telemetry: TelemetryRecorder;
  /** Without it, the edge answers or nobody does. */
  readonly fallback?: CloudFallback;
  readonly sinks?: readonly ResultSink[];
  readonly counters?: FrameCounters;
  /** Bounds what images take while they are unpacked. */
  readonly decoder?: ImageDecoder;
  /**
   * Frames under way at once; more are refused as `overloaded`. Not above what a host takes (one in the child and those
   * that wait), or frames would be refused after they were accepted.
   */
  readonly maxInFlight?: number;
  readonly now?: () => Date;
}

const RETRY_AFTER_MS = 1000;
const NO_MODEL: FrameFailure = {
  code: 'no-model',
  detail: 'no model is installed',
  retryAfterMs: 10_000,
};
const STOPPING: FrameFailure = { code: 'stopping', detail: 'the agent is stopping' };

/**
 * The way of every frame to its one result. A swap moves a pointer between two frames: those under way finish on the
 * model that they began with, whose owner stops it after `whenUnused`.
 */
export class FrameRouter {
  readonly taps = new FrameTaps();
  private readonly options: FrameRouterOptions;
  private readonly maxInFlight: number;
  private readonly uses = new ModelUses();
  private readonly frameActivity = new FrameActivity();
  private readonly decoder: ImageDecoder;
  private readonly frames: FrameCounters;
  private readonly underWay = new Set<Promise<unknown>>();
  private activeModel: LoadedModel | null = null;
  private activePolicy: DevicePolicy = DEFAULT_DEVICE_POLICY;
  private shadow: ShadowRunner | null = null;
  private stopping = false;
  private inFlight = 0;
  private tally = { frames: 0, errors: 0 };

  constructor(options: FrameRouterOptions) {
    this.options = options;
    this.decoder = options.decoder ?? new ImageDecoder();
    this.frames = options.counters ?? new FrameCounters();
    this.maxInFlight = options.maxInFlight ?? 4;
  }

  /** When frames are at work here, shadow runs included. */
  get activity(): FrameActivity {
    return this.frameActivity;
  }

  /** Of the version that answers. */
  get policy(): DevicePolicy {
    return this.activePolicy;
  }

  get active(): LoadedModel | null {
    return this.activeModel;
  }

  /** The next frame is answered by this model. The same version again (in another child, say) keeps its tally. */
  setActive(model: LoadedModel | null, policy: DevicePolicy | null): void {
    const isOther = !sameVersion(this.activeModel?.version, model?.version);
    this.activeModel = model;
    this.activePolicy = policy ?? DEFAULT_DEVICE_POLICY;
    this.options.telemetry.setWindowSeconds(this.activePolicy.telemetry.windowSeconds);
    if (isOther) {
      this.tally = { frames: 0, errors: 0 };
      this.restartShadow();
    }
    this.tellTelemetry();
  }

  /** The next frames run on this model too, after their answer. A new shadow begins a new tally. */
  setShadow(model: LoadedModel | null, role: ShadowRole = 'candidate'): void {
    this.replaceShadow(model, role);
    this.tellTelemetry();
  }

  /** Exactly one outcome for every frame; rejects only on a bug. */
  async infer(frame: Frame): Promise<FrameOutcome> {
    const taking = this.take(frame);
    this.underWay.add(taking);
    try {
      const outcome = await taking;
      this.toSinks(frame, outcome);
      return outcome;
    } finally {
      this.underWay.delete(taking);
    }
  }

  /** A source left frames out. */
  skip(frames = 1): void {
    this.frames.skip(frames);
    this.options.telemetry.skip(frames);
  }

  /** A source could not make a frame of what it was given. */
  rejectUnreadable(): void {
    this.frames.reject('undecodable');
    this.options.telemetry.reject('undecodable');
  }

  shadowTally(): ShadowTally | null {
    return this.shadow?.tally() ?? null;
  }

  /** Since this version became active. */
  activeTally(): ActiveTally {
    return { ...this.tally };
  }

  counters(): RouterCounters {
    return this.frames.read();
  }

  /** Settles when no frame and no shadow run uses the model; it must be neither active nor shadow, or frames go on. */
  whenUnused(model: LoadedModel): Promise<void> {
    return this.uses.whenUnused(model);
  }

  /** Settles when every frame accepted so far, and the shadow runs of those, have ended. */
  async drain(): Promise<void> {
    await Promise.all(this.underWay);
    await this.shadow?.idle();
  }

  /** Refuses new frames, and settles when those under way have their results. */
  async close(): Promise<void> {
    this.stopping = true;
    await this.drain();
    this.setShadow(null);
  }

  /** Pairs are about the version that answers: with another one they begin anew, and no model shadows itself. */
  private restartShadow(): void {
    const shadow = this.shadow;
    if (!shadow) return;
    const isActive = sameVersion(shadow.model.version, this.activeModel?.version);
    this.replaceShadow(isActive ? null : shadow.model, shadow.role);
  }

  private replaceShadow(model: LoadedModel | null, role: ShadowRole): void {
    void this.shadow?.stop();
    this.shadow = model && new ShadowRunner(model, role, this.activeModel, this.frameActivity);
  }

  private tellTelemetry(): void {
    const [active, shadow] = [this.activeModel, this.shadow];
    this.options.telemetry.serve(
      active && { active, shadow: shadow && { model: shadow.model, role: shadow.role } },
    );
  }

  private async take(frame: Frame): Promise<FrameOutcome> {
    const [active, policy, shadow, tally] = [this.activeModel, this.activePolicy, this.shadow, this.tally];
    const window = this.options.telemetry.hold();
    const refusal = this.refusal();
    if (refusal || !active || !window) {
      window?.release();
      return this.reject(refusal ?? NO_MODEL);
    }
    const started = performance.now();
    const release = this.uses.take(active);
    const rest = this.frameActivity.begin();
    this.inFlight += 1;
    try {
      const input = await acceptInput(frame, active.bundle.input, this.decoder);
      if (!input.ok) {
        const fault = INPUT_FAULTS[input.error.code];
        window.counts.reject(fault);
        return this.reject(input.error, fault);
      }
      this.frames.accept();
      this.taps.see(input.value.decoded, input.value.decoded.lengthBytes + input.value.input.byteLength);
      const answer = await routeFrame({
        ...input.value,
        ...{ frame, active, policy, shadow, tally, window },
        uses: this.uses,
        fallback: this.options.fallback,
      });
      return this.finish(active, answer, performance.now() - started);
    } finally {
      this.inFlight -= 1;
      rest();
      window.release();
      release();
    }
  }

  private refusal(): FrameFailure | undefined {
    if (this.stopping) return STOPPING;
    if (this.inFlight < this.maxInFlight) return undefined;
    return {
      code: 'overloaded',
      detail: `${this.inFlight} frames are under way`,
      retryAfterMs: RETRY_AFTER_MS,
    };
  }

  private reject(error: FrameFailure, fault?: InputFault): FrameOutcome {
    this.frames.reject(fault);
    return { ok: false, error };
  }

  private finish({ version }: LoadedModel, answer: HybridAnswer, tookMs: number): FrameOutcome {
    const latencyMs = Math.round(tookMs * 1000) / 1000;
    switch (answer.source) {
      case 'none':
        this.frames.fail();
        return {
          ok: false,
          error: { code: 'unanswered', detail: answer.detail, retryAfterMs: RETRY_AFTER_MS },
        };
      case 'cloud':
        this.frames.answer(answer.reason);
        return { ok: true, value: { ...answer.answer, source: 'cloud', latencyMs } };
      case 'edge': {
        this.frames.answer();
        const { model, version: name, variant } = version;
        const { output } = answer.answer;
        return {
          ok: true,
          value: {
            schema: 'hamon.result/1',
            model,
            version: name,
            variant,
            source: 'edge',
            latencyMs,
            output,
          },
        };
      }
    }
  }

  private toSinks(frame: Frame, outcome: FrameOutcome): void {
    const { sinks, now } = this.options;
    if (!sinks?.length) return;
    const record: ResultRecord = {
      schema: 'hamon.record/1',
      at: (now?.() ?? new Date()).toISOString(),
      ...(frame.name !== undefined && { frame: frame.name }),
      ...(outcome.ok ? { result: outcome.value } : { error: outcome.error }),
    };
    for (const sink of sinks) sink.write(record);
  }
}
