import { encodeMessage, type DeviceCondition, type DeviceEvent } from '@hamon/contracts';
import { ImageDecoder } from '@hamon/inference';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import type { Outbox } from './adapters/outbox.js';
import type { TellCondition } from './conditions.js';
import type { AgentConfig } from './config.js';
import { CloudClient } from './data/fallback/cloud-client.js';
import { CloudFallback } from './data/fallback/cloud-fallback.js';
import type { FrameCounters } from './data/frame-counters.js';
import { FrameRouter } from './data/frame-router.js';
import { FrameWatch } from './data/frame-watch.js';
import { createMetrics } from './data/metrics.js';
import { JsonlSink } from './data/sinks/jsonl-sink.js';
import { MqttSink, type ResultPublisher } from './data/sinks/mqtt-sink.js';
import type { ResultSink } from './data/sinks/result-sink.js';
import { startDirectorySource } from './data/sources/directory-source.js';
import type { Source } from './data/sources/play-images.js';
import { TelemetryRecorder } from './data/telemetry/telemetry-recorder.js';
import type { DeviceNews } from './runner/runner-context.js';

export interface DataPlaneOptions {
  readonly fleet: string;
  readonly device: string;
  readonly config: AgentConfig;
  readonly serverUrl: string;
  readonly apiToken: () => Promise<string>;
  readonly counters: FrameCounters;
  readonly outbox: Outbox;
  readonly publisher: ResultPublisher;
  readonly tell: (kind: DeviceEvent['kind'], news: DeviceNews) => void;
  readonly tellCondition: TellCondition;
  readonly conditions: () => readonly DeviceCondition[];
  readonly onWindow: () => void;
  readonly now: () => Date;
  readonly log: Logger;
}

/** From the frames' sources through the router to the sinks and the telemetry. */
export class DataPlane {
  readonly router: FrameRouter;
  readonly metrics: Registry;
  private readonly telemetry: TelemetryRecorder;
  private readonly sinks: readonly ResultSink[];
  private readonly watch: FrameWatch;
  private readonly fallback: CloudFallback;
  private source: Source | undefined;
  private readonly records = new Set<Promise<void>>();

  constructor(private readonly options: DataPlaneOptions) {
    const { config, fleet, device, serverUrl, apiToken, outbox, publisher, tell, onWindow, now } = options;
    const { tellCondition, counters } = options;
    const onEvent = ({ kind, detail }: { kind: DeviceEvent['kind']; detail: string }): void =>
      tell(kind, { detail });
    this.telemetry = new TelemetryRecorder({
      ...{ device, now },
      onWindow: (window) => {
        this.look();
        const kept = outbox
          .add({ kind: 'telemetry', bytes: encodeMessage('telemetry', window) })
          .finally(() => this.records.delete(kept));
        this.records.add(kept);
        void kept.then(onWindow);
      },
    });
    this.sinks = config.sinks.map((sink) =>
      sink.kind === 'jsonl'
        ? new JsonlSink({ path: sink.path, maxBytes: sink.maxBytes, onEvent, tellCondition })
        : new MqttSink({ fleet, device, publisher }),
    );
    const client = new CloudClient({ serverUrl, token: apiToken });
    const fallback = new CloudFallback({ client, onEvent });
    this.fallback = fallback;
    const decoder = new ImageDecoder({ maxPixels: config.limits.imageMegapixels * 1e6 });
    this.router = new FrameRouter({
      telemetry: this.telemetry,
      fallback,
      sinks: this.sinks,
      counters,
      decoder,
      now,
    });
    this.metrics = createMetrics({
      router: this.router,
      telemetry: this.telemetry,
      fallback,
      sinks: this.sinks,
      conditions: options.conditions,
    });
    this.watch = new FrameWatch({
      router: this.router,
      hasSource: config.source.kind !== 'http',
      tell: tellCondition,
    });
  }

  start(): void {
    const { config, tell, tellCondition } = this.options;
    const { source } = config;
    this.watch.start();
    if (source.kind !== 'directory') return;
    this.source = startDirectorySource({
      path: source.path,
      framesPerSecond: source.framesPerSecond,
      shuffleSeed: source.shuffleSeed,
      router: this.router,
      onEvent: ({ kind, detail }) => tell(kind, { detail }),
      tellCondition,
    });
  }

  /** The report that goes with a window then shows the conditions of that moment. */
  private look(): void {
    this.watch.look();
    const isAsked = this.router.policy.fallback.enabled;
    const { trouble } = this.fallback;
    this.options.tellCondition('fallback-open', isAsked && trouble !== null ? { detail: trouble } : null);
  }

  /** No frame after this; every frame under way has its result, and the last window is in the outbox. */
  async stop(): Promise<void> {
    this.watch.stop();
    await this.source?.stop();
    await this.router.close();
    await this.telemetry.close();
    await Promise.all(this.records);
    await Promise.all(this.sinks.map((sink) => sink.close()));
  }
}
