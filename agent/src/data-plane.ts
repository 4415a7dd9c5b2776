import {
  encodeMessage,
  streamsOf,
  type DeviceCondition,
  type DeviceEvent,
  type Region,
  type StreamConfig,
  type TelemetryWindow,
} from '@hamon/contracts';
import { ImageDecoder } from '@hamon/inference';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Outbox } from './adapters/outbox.js';
import { PlantLinks } from './adapters/plant-links.js';
import type { Secrets } from './adapters/secrets.js';
import type { TellCondition } from './conditions.js';
import type { AgentConfig } from './config.js';
import type { OnDataEvent } from './data/data-events.js';
import { FrameActivity } from './data/frame-activity.js';
import { FrameCounters } from './data/frame-counters.js';
import type { FrameRouter } from './data/frame-router.js';
import { NO_MODEL, type Frame, type FrameOutcome } from './data/frame.js';
import { LaneWatches } from './data/lane-watches.js';
import { createMetrics } from './data/metrics/create-metrics.js';
import { livePicture } from './data/live/live-picture.js';
import { LiveView } from './data/live/live-view.js';
import type { ModelDoor } from './data/model-door.js';
import type { OnAnswered } from './data/answered-frame.js';
import { Outlets } from './data/outlets/outlets.js';
import { RecentAnswers } from './data/overview/recent-answers.js';
import type { RouterCounters } from './data/router-counters.js';
import { ServedModels } from './data/served-models.js';
import type { OnSecondOpinion } from './data/second-opinion.js';
import { openSinks } from './data/sinks/open-sinks.js';
import type { ResultPublisher } from './data/sinks/mqtt-sink.js';
import type { SharedSinks } from './data/sinks/shared-sinks.js';
import { openSource } from './data/sources/source-kinds.js';
import { Streams, type StreamStatus } from './data/streams/streams.js';
import { openTrigger } from './data/triggers/trigger-kinds.js';
import type { Asked, TriggerAnswer } from './data/triggers/trigger.js';
import { NO_BUDGET } from './machine/budget-turns.js';
import type { MachineMonitor } from './machine/machine-monitor.js';
import type { DeviceNews } from './runner/runner-context.js';

export interface DataPlaneOptions {
  readonly fleet: string;
  readonly device: string;
  readonly config: AgentConfig;
  /** Where the agent keeps what is its own. */
  readonly stateFolder: string;
  readonly secrets: Secrets;
  readonly serverUrl: string;
  readonly apiToken: () => Promise<string>;
  /** Of the whole device. */
  readonly counters: FrameCounters;
  readonly outbox: Pick<Outbox, 'add'>;
  readonly publisher: ResultPublisher;
  readonly tell: (kind: DeviceEvent['kind'], news: DeviceNews) => void;
  readonly tellCondition: TellCondition;
  readonly conditions: () => readonly DeviceCondition[];
  /** The model that answers a stream whose configuration names none; null while the device has none. */
  readonly modelOf: (stream: string) => string | null;
  /** May frames by HTTP be of this model? */
  readonly isOffered: (model: string) => boolean;
  readonly onWindow: () => void;
  /** Frames are not paced, and nothing is told of the machine, without it. */
  readonly machine?: MachineMonitor;
  readonly now: () => Date;
  readonly log: Logger;
}

/** From the frames' sources through their models' routers to the sinks and the telemetry. */
export class DataPlane implements ModelDoor {
  readonly metrics: Registry;
  /** When frames are at work, of whichever model. */
  readonly activity = new FrameActivity();
  /** Who looks at its frames. */
  readonly live: LiveView;
  readonly recent = new RecentAnswers();
  private readonly outlets: Outlets;
  private readonly served: ServedModels;
  private readonly streamRows: Streams;
  private readonly sinks: SharedSinks;
  private readonly unassigned: FrameCounters;
  private readonly watches: LaneWatches;
  private readonly opinionListeners = new Set<OnSecondOpinion>();
  private readonly records = new Set<Promise<void>>();

  constructor(private readonly options: DataPlaneOptions) {
    const { config, counters, tell, tellCondition, now, machine } = options;
    this.unassigned = new FrameCounters(counters);
    const onEvent: OnDataEvent = ({ kind, ...news }) => tell(kind, news);
    this.outlets = new Outlets(now);
    const decoder = new ImageDecoder({ maxPixels: config.limits.imageMegapixels * 1e6 });
    this.live = new LiveView((frame) =>
      livePicture(frame, {
        decoder,
        specOf: (result) => this.served.specOf(result),
        blurOf: (stream) => this.streamRows.blurOf(stream),
      }),
    );
    this.outlets.listen(this.live.see);
    this.outlets.listen(this.recent.see);
    const parts = { ...options, plant: new PlantLinks(options), outlets: this.outlets, onEvent };
    this.sinks = openSinks(parts);
    this.streamRows = new Streams(
      {
        ...{ outlets: this.outlets, sinks: this.sinks, unassigned: this.unassigned, onEvent, tellCondition },
        ...{ modelOf: options.modelOf, turns: options.machine?.frameTurns ?? NO_BUDGET },
        onLeft: (stream) => this.served.forgetStream(stream),
        routerOf: (model) => this.served.find(model),
        openSource: (source, owner, tell) =>
          openSource(source, {
            ...{ ...options, stream: owner(), tellCondition: tell },
            onEvent: (event) => onEvent({ ...event, stream: owner() }),
            maxPixels: config.limits.imageMegapixels * 1e6,
            programs: config.allow.programs,
          }),
        openTrigger: ({ name, trigger }, tell) =>
          trigger && openTrigger(trigger, { ...parts, stream: name, tellCondition: tell }),
      },
      streamsOf(config),
    );
    this.served = new ServedModels({
      ...options,
      ...{ streams: this.streamRows, outlets: this.outlets, activity: this.activity },
      onSecondOpinion: (opinion) => {
        for (const listener of this.opinionListeners) listener(opinion);
      },
      decoder,
      onEvent:
        (model) =>
        ({ kind, detail }) =>
          tell(kind, { model, detail }),
      onWindow: (window) => this.keep(window),
    });
    this.watches = new LaneWatches({ lanes: () => this.served.lanes, tell: tellCondition });
    this.metrics = createMetrics({
      models: () => this.served.all,
      unassigned: this.unassigned,
      sinks: () => this.sinks.all,
      streams: () => this.streamRows.all,
      conditions: options.conditions,
      live: this.live,
      held: () => this.sinks.held,
      ...(machine && { machine: () => machine.figures }),
    });
  }

  /** The router of one model, made with the first call. */
  router(model: string): FrameRouter {
    return this.served.get(model);
  }

  /** Ends a model: its frames are refused from now on. Settles when those under way have their results. */
  async drop(model: string): Promise<void> {
    await this.served.drop(model);
    this.watches.look();
  }

  get models(): readonly string[] {
    return this.served.names.filter((model) => this.options.isOffered(model));
  }

  /** Undefined where it has no such model. */
  countersOf(model: string): RouterCounters | undefined {
    return this.served.find(model)?.counters();
  }

  /** Which model answers which stream now. */
  get streams(): readonly { readonly name: string; readonly model: string | null }[] {
    return this.streamRows.assignment;
  }

  /** Each stream as it is now, with its source. */
  get streamStatus(): readonly StreamStatus[] {
    return this.streamRows.all;
  }

  /** To the frames of all streams beside what became of them. */
  listen(listener: OnAnswered): void {
    this.outlets.listen(listener);
  }

  /** To what others than the answering versions say of frames, before or after the frames have their answers. */
  listenToOpinions(listener: OnSecondOpinion): void {
    this.opinionListeners.add(listener);
  }

  /** As it is configured now. Undefined where there is no such stream. */
  streamConfig(stream: string): StreamConfig | undefined {
    return this.streamRows.configOf(stream);
  }

  /** What nobody is to recognise in a stream's pictures, in pixels of its source: of a part, also what its parents say. */
  blurOf(stream: string): readonly Region[] {
    return this.streamRows.blurOf(stream);
  }

  /** Takes a frame of a stream now. Undefined where there is no such stream at work. */
  ask(stream: string, asked: Asked): Promise<TriggerAnswer | undefined> {
    return this.streamRows.ask(stream, asked);
  }

  /** Goes over to other streams, those that stay the same undisturbed. @throws AgentError `config-invalid` */
  applyStreams(configs: readonly StreamConfig[]): Promise<void> {
    return this.streamRows.apply(configs);
  }

  async infer(frame: Frame, model: string | null): Promise<FrameOutcome> {
    const router = model === null ? undefined : this.served.find(model);
    const stream = this.streamRows.byHttp(model);
    if (router) return router.infer(frame, stream);
    this.unassigned.reject();
    const outcome: FrameOutcome = { ok: false, error: NO_MODEL };
    this.outlets.of(stream).put(frame, outcome);
    return outcome;
  }

  start(): void {
    this.watches.start();
    this.streamRows.start();
  }

  /** No frame after this; every frame under way has its result, and the last windows are in the outbox. */
  async stop(): Promise<void> {
    this.watches.stop();
    this.live.close();
    await this.streamRows.stop();
    await this.served.close();
    await Promise.all(this.records);
    await this.sinks.close();
  }

  private keep(window: TelemetryWindow): void {
    // The report that goes with a window then shows the conditions of that moment.
    this.watches.look();
    this.served.lookAtFallbacks();
    const { outbox, onWindow } = this.options;
    const kept = outbox
      .add({ kind: 'telemetry', bytes: encodeMessage('telemetry', window) })
      .finally(() => this.records.delete(kept));
    this.records.add(kept);
    void kept.then(onWindow);
  }
}
