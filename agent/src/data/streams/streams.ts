import { MAIN_STREAM } from '@hamon/contracts';
import type { TellCondition } from '../../conditions.js';
import type { StreamConfig } from '../../stream-config.js';
import type { OnDataEvent } from '../data-events.js';
import type { FrameCounters } from '../frame-counters.js';
import { JointConditions } from '../joint-conditions.js';
import type { ResultSink } from '../sinks/result-sink.js';
import type { SharedSinks } from '../sinks/shared-sinks.js';
import { startDirectorySource } from '../sources/directory-source.js';
import type { Source } from '../sources/play-images.js';
import { Stream, type StreamRouter } from './stream.js';

export interface StreamsOptions {
  readonly configs: readonly StreamConfig[];
  readonly sinks: SharedSinks;
  /** The model that answers a stream whose configuration names none. */
  readonly modelOf: (stream: string) => string | null;
  readonly routerOf: (model: string) => StreamRouter | undefined;
  /** Frames that no model was there for. */
  readonly unassigned: FrameCounters;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
  readonly now: () => Date;
}

/** The streams of a device, each with a source, a pace and sinks of its own: one that fails stops no other. */
export class Streams {
  private readonly sinksByName: ReadonlyMap<string, readonly ResultSink[]>;
  private sources: readonly Source[] = [];

  constructor(private readonly options: StreamsOptions) {
    const { configs, sinks } = options;
    this.sinksByName = new Map(configs.map((config) => [config.name, sinks.of(config.sinks)]));
  }

  /** Which model answers which stream now. */
  get assignment(): readonly { readonly name: string; readonly model: string | null }[] {
    return this.options.configs.map((config) => ({ name: config.name, model: this.modelOf(config) }));
  }

  /** Whose frames this model answers by itself; where there are none, the one that its frames by HTTP are of. */
  answeredBy(model: string): readonly string[] {
    const own = this.assignment.filter((stream) => stream.model === model).map(({ name }) => name);
    return own.length > 0 ? own : [this.byHttp(model)];
  }

  /** The stream that a model's frames by HTTP are of; without a model, those of all. */
  byHttp(model: string | null): string {
    const asked = this.options.configs.filter(({ source }) => source.kind === 'http');
    const stream =
      asked.find((config) => config.model === model) ?? asked.find((config) => config.model === undefined);
    return stream?.name ?? MAIN_STREAM;
  }

  sinksOf(stream: string): readonly ResultSink[] {
    return this.sinksByName.get(stream) ?? [];
  }

  /** Do frames of it come by themselves? */
  hasSource(stream: string): boolean {
    return this.options.configs.some(({ name, source }) => name === stream && source.kind !== 'http');
  }

  start(): void {
    const conditions = new JointConditions(this.options.tellCondition);
    this.sources = this.options.configs.flatMap((config) => {
      const { name, source } = config;
      if (source.kind !== 'directory') return [];
      return startDirectorySource({
        ...source,
        door: this.open(config),
        onEvent: this.options.onEvent,
        tellCondition: conditions.part(name),
      });
    });
  }

  /** No frame after this; settles when those under way have their results. */
  async stop(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.stop()));
  }

  private open(config: StreamConfig): Stream {
    const { routerOf, unassigned, now } = this.options;
    return new Stream({
      ...{ name: config.name, unassigned, now, sinks: this.sinksOf(config.name) },
      router: () => {
        const model = this.modelOf(config);
        return model === null ? undefined : routerOf(model);
      },
    });
  }

  private modelOf({ name, model }: StreamConfig): string | null {
    return model ?? this.options.modelOf(name);
  }
}
