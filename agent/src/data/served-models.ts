import type { InferenceResult, OutputSpec, TelemetryWindow } from '@hamon/contracts';
import type { ImageDecoder } from '@hamon/inference';
import type { TellCondition } from '../conditions.js';
import type { OnDataEvent } from './data-events.js';
import { CloudClient } from './fallback/cloud-client.js';
import { CloudFallback } from './fallback/cloud-fallback.js';
import type { FrameActivity } from './frame-activity.js';
import { FrameCounters } from './frame-counters.js';
import { FrameRouter } from './frame-router.js';
import { JointConditions } from './joint-conditions.js';
import type { LaneOptions } from './lane.js';
import type { WatchedLane } from './lane-watches.js';
import type { Outlets } from './outlets/outlets.js';
import type { OnSecondOpinion } from './second-opinion.js';
import type { Streams } from './streams/streams.js';

export interface ServedModelsOptions {
  readonly device: string;
  readonly serverUrl: string;
  readonly apiToken: () => Promise<string>;
  readonly counters: FrameCounters;
  readonly streams: Pick<Streams, 'answeredBy' | 'hasSource'>;
  readonly outlets: Outlets;
  readonly onSecondOpinion: OnSecondOpinion;
  readonly activity: FrameActivity;
  readonly decoder: ImageDecoder;
  readonly machine?: LaneOptions['machine'] | undefined;
  readonly onEvent: (model: string) => OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly onWindow: (window: TelemetryWindow) => void;
  readonly now: () => Date;
}

/** One of the device's models, as frames meet it. */
export interface ServedModel {
  readonly model: string;
  readonly router: FrameRouter;
  /** Guarded by itself: that the server does not serve this model says nothing of another. */
  readonly fallback: CloudFallback;
}

/** A router for each model that the device has been given. */
export class ServedModels {
  private readonly byName = new Map<string, ServedModel>();
  private readonly client: CloudClient;
  private readonly troubles: JointConditions;
  private readonly leaving = new Set<Promise<void>>();

  constructor(private readonly options: ServedModelsOptions) {
    const { serverUrl, apiToken, tellCondition } = options;
    this.client = new CloudClient({ serverUrl, token: apiToken });
    this.troubles = new JointConditions(tellCondition);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  get all(): readonly ServedModel[] {
    return [...this.byName.values()];
  }

  get lanes(): readonly WatchedLane[] {
    return this.all.flatMap(({ model, router }) =>
      router.lanes.map((lane) => ({
        ...{ lane, model, hasSource: this.options.streams.hasSource(lane.stream) },
        serving: () => router.active?.version.sequence ?? null,
      })),
    );
  }

  find(model: string): FrameRouter | undefined {
    return this.byName.get(model)?.router;
  }

  /** How the version that gave an answer describes its output; undefined where another one has taken its place. */
  specOf({
    model,
    version,
    variant,
  }: Pick<InferenceResult, 'model' | 'version' | 'variant'>): OutputSpec | undefined {
    const active = this.find(model)?.active;
    return active?.version.version === version && active.version.variant === variant
      ? active.output
      : undefined;
  }

  get(model: string): FrameRouter {
    const known = this.byName.get(model);
    if (known) return known.router;
    const made = this.make(model);
    this.byName.set(model, made);
    return made.router;
  }

  async drop(model: string): Promise<void> {
    const known = this.byName.get(model);
    if (!known) return;
    this.byName.delete(model);
    this.troubles.leave(model);
    const gone = known.router.close().finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
    await gone;
  }

  /** Ends its windows: one of this name that comes later is another one. */
  forgetStream(stream: string): void {
    for (const { router } of this.all) router.forget(stream);
  }

  /** Says of which models the cloud is not asked for a while. */
  lookAtFallbacks(): void {
    for (const { model, router, fallback } of this.byName.values()) {
      const { trouble } = fallback;
      const isAsked = router.policy.fallback.enabled;
      const tell = this.troubles.part(model);
      tell('fallback-open', isAsked && trouble !== null ? { detail: trouble } : null);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.all.map(({ router }) => router.close()), ...this.leaving]);
  }

  private make(model: string): ServedModel {
    const { device, counters, streams, outlets, onWindow, onEvent, decoder, activity, now, machine } =
      this.options;
    const { onSecondOpinion } = this.options;
    const fallback = new CloudFallback({ client: this.client, onEvent: onEvent(model) });
    const router = new FrameRouter({
      ...{ decoder, activity, fallback, now, onSecondOpinion, telemetry: { device, onWindow, machine } },
      counters: new FrameCounters(counters),
      streams: () => streams.answeredBy(model),
      outletOf: (stream) => outlets.of(stream),
    });
    return { model, router, fallback };
  }
}
