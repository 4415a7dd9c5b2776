import { DEFAULT_DEVICE_POLICY, MAIN_STREAM, type DevicePolicy } from '@hamon/contracts';
import { ImageDecoder } from '@hamon/inference';
import { acceptInput } from './accept-input.js';
import type { CloudFallback } from './fallback/cloud-fallback.js';
import { FrameActivity } from './frame-activity.js';
import { FrameCounters } from './frame-counters.js';
import { FrameTaps } from './frame-taps.js';
import { INPUT_FAULTS, NO_MODEL, type Frame, type FrameFailure, type FrameOutcome } from './frame.js';
import { Lane, type LaneOptions } from './lane.js';
import type { Admission, SkipReason } from './frame-door.js';
import { Places } from '../places.js';
import { sameVersion, type LoadedModel } from './loaded-model.js';
import { ModelUses } from './model-uses.js';
import { outcomeOf, RETRY_AFTER_MS } from './outcome-of.js';
import { routeFrame, type AcceptedFrame } from './route-frame.js';
import type { OnSecondOpinion } from './second-opinion.js';
import type { ActiveTally, RouterCounters } from './router-counters.js';
import { ShadowRunner } from './shadow/shadow-runner.js';
import type { ShadowRole, ShadowTally } from './shadow/shadow-tally.js';
import type { WindowSubject } from './telemetry/window-accumulator.js';

export interface FrameRouterOptions {
  /** Where the windows of all its streams go. */
  readonly telemetry: Pick<LaneOptions, 'device' | 'onWindow' | 'windowSeconds' | 'machine'>;
  /** Streams whose frames come here by themselves: their windows begin with the model, not with their first frame. */
  readonly streams?: () => readonly string[];
  /** Told of each frame of a stream beside what became of it. */
  readonly outletOf?: (stream: string) => FrameOutlet;
  readonly onSecondOpinion?: OnSecondOpinion;
  /** Without it, the edge answers or nobody does. */
  readonly fallback?: CloudFallback;
  readonly counters?: FrameCounters;
  /** Bounds what images take while they are unpacked; shared by all models. */
  readonly decoder?: ImageDecoder;
  /** Shared by all models. */
  readonly activity?: FrameActivity;
  /**
   * Frames under way at once; more are refused as `overloaded`. Not above what a host takes (one in the child and those
   * that wait), or frames would be refused after they were accepted.
   */
  readonly maxInFlight?: number;
  readonly now?: () => Date;
}

/** Where what became of frames is told. */
export interface FrameOutlet {
  put(frame: Frame, outcome: FrameOutcome): void;
}

const STOPPING: FrameFailure = { code: 'stopping', detail: 'the model is being removed, or the agent stops' };

/**
 * The way of every frame of one model to its one result, on however many streams. A swap moves a pointer between two
 * frames: those under way finish on the model that they began with, whose owner stops it after `whenUnused`.
 */
export class FrameRouter {
  readonly taps = new FrameTaps();
  private readonly options: FrameRouterOptions;
  private readonly places: Places;
  private readonly uses = new ModelUses();
  private readonly frameActivity: FrameActivity;
  private readonly decoder: ImageDecoder;
  private readonly frames: FrameCounters;
  private readonly lanesByStream = new Map<string, Lane>();
  private readonly underWay = new Set<Promise<unknown>>();
  private activeModel: LoadedModel | null = null;
  private activePolicy: DevicePolicy = DEFAULT_DEVICE_POLICY;
  private shadow: ShadowRunner | null = null;
  private stopping = false;
  private tally = { frames: 0, errors: 0 };

  constructor(options: FrameRouterOptions) {
    this.options = options;
    this.decoder = options.decoder ?? new ImageDecoder();
    this.frames = options.counters ?? new FrameCounters();
    this.frameActivity = options.activity ?? new FrameActivity();
    this.places = new Places(options.maxInFlight ?? 4);
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

  /** One for each stream that has been seen or is expected. */
  get lanes(): readonly Lane[] {
    return [...this.lanesByStream.values()];
  }

  /** The next frame is answered by this model. The same version again (in another child, say) keeps its tally. */
  setActive(model: LoadedModel | null, policy: DevicePolicy | null): void {
    const isOther = !sameVersion(this.activeModel?.version, model?.version);
    this.activeModel = model;
    this.activePolicy = policy ?? DEFAULT_DEVICE_POLICY;
    if (model) for (const stream of this.options.streams?.() ?? [MAIN_STREAM]) this.lane(stream);
    for (const { telemetry } of this.lanesByStream.values()) {
      telemetry.setWindowSeconds(this.activePolicy.telemetry.windowSeconds);
    }
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

  /** Exactly one outcome for every frame; rejects only on a bug. Streams are as many as the configuration names. */
  infer(frame: Frame, stream: string = MAIN_STREAM): Promise<FrameOutcome> {
    return this.answered(frame, stream, this.places.tryTake());
  }

  /** A place for a frame of a stream, once there is one. Null where the signal is aborted first. */
  async enter(signal: AbortSignal, stream: string = MAIN_STREAM): Promise<Admission | null> {
    const leave = await this.places.take(signal);
    return leave && { leave, infer: (frame) => this.answered(frame, stream, leave) };
  }

  /** A source left frames out. */
  skip(frames = 1, stream: string = MAIN_STREAM, why?: SkipReason): void {
    const lane = this.lane(stream);
    lane.frames.skip(frames, why);
    lane.telemetry.skip(frames, why);
  }

  /** A source could not make a frame of what it was given. */
  rejectUnreadable(stream: string = MAIN_STREAM): void {
    const lane = this.lane(stream);
    lane.frames.reject('undecodable');
    lane.telemetry.reject('undecodable');
  }

  shadowTally(): ShadowTally | null {
    return this.shadow?.tally() ?? null;
  }

  /** Since this version became active. */
  activeTally(): ActiveTally {
    return { ...this.tally };
  }

  /** Of all its streams. */
  counters(): RouterCounters {
    return this.frames.read();
  }

  /** A stream is gone; its last window is handed over. */
  forget(stream: string): void {
    const lane = this.lanesByStream.get(stream);
    this.lanesByStream.delete(stream);
    if (lane) this.underWayUntil(lane.telemetry.close());
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

  /** Refuses new frames, and settles when those under way have their results and the last windows are handed over. */
  async close(): Promise<void> {
    this.stopping = true;
    await this.drain();
    this.setShadow(null);
    await Promise.all(this.lanes.map(({ telemetry }) => telemetry.close()));
  }

  private underWayUntil(work: Promise<unknown>): void {
    const kept = work.finally(() => this.underWay.delete(kept));
    this.underWay.add(kept);
  }

  private lane(stream: string): Lane {
    const known = this.lanesByStream.get(stream);
    if (known) return known;
    const { telemetry, now } = this.options;
    const lane = new Lane({
      ...{ ...telemetry, stream, counters: this.frames },
      windowSeconds: this.activePolicy.telemetry.windowSeconds,
      ...(now && { now }),
    });
    this.lanesByStream.set(stream, lane);
    lane.telemetry.serve(this.subject());
    return lane;
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
    for (const { telemetry } of this.lanesByStream.values()) telemetry.serve(this.subject());
  }

  private subject(): WindowSubject | null {
    const [active, shadow] = [this.activeModel, this.shadow];
    return active && { active, shadow: shadow && { model: shadow.model, role: shadow.role } };
  }

  private opine(frame: Frame, stream: string): AcceptedFrame['opine'] {
    const { onSecondOpinion } = this.options;
    return onSecondOpinion && ((kind, result) => onSecondOpinion({ frame, stream, kind, result }));
  }

  /** @param leave gives back the frame's place, which is undefined where there was none */
  private async answered(
    frame: Frame,
    stream: string,
    leave: (() => void) | undefined,
  ): Promise<FrameOutcome> {
    const taking = this.take(frame, this.lane(stream), leave !== undefined);
    this.underWay.add(taking);
    try {
      const outcome = await taking;
      this.options.outletOf?.(stream).put(frame, outcome);
      return outcome;
    } finally {
      leave?.();
      this.underWay.delete(taking);
    }
  }

  private async take(frame: Frame, lane: Lane, hasPlace: boolean): Promise<FrameOutcome> {
    const [active, policy, shadow, tally] = [this.activeModel, this.activePolicy, this.shadow, this.tally];
    const window = lane.telemetry.hold();
    const refusal = this.refusal(hasPlace);
    if (refusal || !active || !window) {
      window?.release();
      lane.frames.reject();
      return { ok: false, error: refusal ?? NO_MODEL };
    }
    const started = performance.now();
    const release = this.uses.take(active);
    const rest = this.frameActivity.begin();
    try {
      const input = await acceptInput(frame, active.bundle.input, this.decoder);
      if (!input.ok) {
        const fault = INPUT_FAULTS[input.error.code];
        window.counts.reject(fault);
        lane.frames.reject(fault);
        return input;
      }
      lane.frames.accept();
      this.taps.see(input.value.decoded, input.value.decoded.lengthBytes + input.value.input.data.byteLength);
      const answer = await routeFrame({
        ...input.value,
        ...{ frame, active, policy, shadow, tally, window },
        uses: this.uses,
        fallback: this.options.fallback,
        opine: this.opine(frame, lane.stream),
      });
      return outcomeOf(active, answer, performance.now() - started, lane.frames);
    } finally {
      rest();
      window.release();
      release();
    }
  }

  private refusal(hasPlace: boolean): FrameFailure | undefined {
    if (this.stopping) return STOPPING;
    if (hasPlace) return undefined;
    const detail = `${this.places.used} frames are under way`;
    return { code: 'overloaded', detail, retryAfterMs: RETRY_AFTER_MS };
  }
}
