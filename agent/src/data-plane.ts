import {
  encodeMessage,
  type DeviceCondition,
  type DeviceEvent,
  type TelemetryWindow,
} from '@hamon/contracts';
import { ImageDecoder } from '@hamon/inference';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Outbox } from './adapters/outbox.js';
import type { TellCondition } from './conditions.js';
import type { AgentConfig } from './config.js';
import type { OnDataEvent } from './data/data-events.js';
import { FrameActivity } from './data/frame-activity.js';
import { FrameCounters } from './data/frame-counters.js';
import type { FrameRouter } from './data/frame-router.js';
import { NO_MODEL, type Frame, type FrameOutcome } from './data/frame.js';
import { LaneWatches } from './data/lane-watches.js';
import { createMetrics } from './data/metrics/create-metrics.js';
import type { ModelDoor } from './data/model-door.js';
import { recordOf } from './data/record-of.js';
import type { RouterCounters } from './data/router-counters.js';
import { ServedModels } from './data/served-models.js';
import { openSinks } from './data/sinks/open-sinks.js';
import type { ResultPublisher } from './data/sinks/mqtt-sink.js';
import type { SharedSinks } from './data/sinks/shared-sinks.js';
import { Streams } from './data/streams/streams.js';
import type { DeviceNews } from './runner/runner-context.js';
import { streamsOf } from './stream-config.js';

export interface DataPlaneOptions {
  readonly fleet: string;
  readonly device: string;
  readonly config: AgentConfig;
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
  readonly now: () => Date;
  readonly log: Logger;
}

/** From the frames' sources through their models' routers to the sinks and the telemetry. */
export class DataPlane implements ModelDoor {
  readonly metrics: Registry;
  /** When frames are at work, of whichever model. */
  readonly activity = new FrameActivity();
  private readonly served: ServedModels;
  private readonly streamRows: Streams;
  private readonly sinks: SharedSinks;
  private readonly unassigned: FrameCounters;
  private readonly watches: LaneWatches;
  private readonly records = new Set<Promise<void>>();

  constructor(private readonly options: DataPlaneOptions) {
    const { config, counters, tell, tellCondition, now } = options;
    this.unassigned = new FrameCounters(counters);
    const onEvent: OnDataEvent = ({ kind, detail }) => tell(kind, { detail });
    this.sinks = openSinks({ ...options, onEvent });
    this.streamRows = new Streams({
      ...{ configs: streamsOf(config), sinks: this.sinks, unassigned: this.unassigned, onEvent },
      ...{ tellCondition, now, modelOf: options.modelOf },
      routerOf: (model) => this.served.find(model),
    });
    this.served = new ServedModels({
      ...options,
      ...{ streams: this.streamRows, activity: this.activity },
      decoder: new ImageDecoder({ maxPixels: config.limits.imageMegapixels * 1e6 }),
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
      sinks: this.sinks.all,
      conditions: options.conditions,
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

  async infer(frame: Frame, model: string | null): Promise<FrameOutcome> {
    const router = model === null ? undefined : this.served.find(model);
    const stream = this.streamRows.byHttp(model);
    if (router) return router.infer(frame, stream);
    this.unassigned.reject();
    const outcome: FrameOutcome = { ok: false, error: NO_MODEL };
    for (const sink of this.streamRows.sinksOf(stream)) {
      sink.write(recordOf(frame, outcome, stream, this.options.now()));
    }
    return outcome;
  }

  start(): void {
    this.watches.start();
    this.streamRows.start();
  }

  /** No frame after this; every frame under way has its result, and the last windows are in the outbox. */
  async stop(): Promise<void> {
    this.watches.stop();
    await this.streamRows.stop();
    await this.served.close();
    await Promise.all(this.records);
    await Promise.all(this.sinks.all.map((sink) => sink.close()));
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
