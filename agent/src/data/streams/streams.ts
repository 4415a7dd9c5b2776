import { isDeepStrictEqual } from 'node:util';
import { MAIN_STREAM, type Region, type SourceConfig, type StreamConfig } from '@hamon/contracts';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import type { FrameCounters } from '../frame-counters.js';
import { JointConditions } from '../joint-conditions.js';
import type { Outlets } from '../outlets/outlets.js';
import type { SharedSinks, SinkLease } from '../sinks/shared-sinks.js';
import type { FrameSource, SourceState } from '../sources/frame-source.js';
import { SharedSources, type SourceLease } from '../sources/shared-sources.js';
import type { Asked, Trigger, TriggerAnswer } from '../triggers/trigger.js';
import { NO_BUDGET, type FrameTurns } from '../../machine/budget-turns.js';
import { DerivedFrames } from './derived-frames.js';
import { RunningStream } from './running-stream.js';
import { Stream, type StreamRouter } from './stream.js';

export interface StreamsOptions {
  readonly outlets: Outlets;
  readonly sinks: SharedSinks;
  /** `owner` says whose it is at the time: streams that share a source come and go. */
  readonly openSource: (config: SourceConfig, owner: () => string, tell: TellCondition) => FrameSource;
  readonly openTrigger: (config: StreamConfig, tell: TellCondition) => Trigger | undefined;
  /** The model that answers a stream whose configuration names none. */
  readonly modelOf: (stream: string) => string | null;
  readonly routerOf: (model: string) => StreamRouter | undefined;
  /** Frames that no model was there for. */
  readonly unassigned: FrameCounters;
  /** A stream is gone, or begins anew with another configuration. */
  readonly onLeft: (stream: string) => void;
  /** Let in frames that come by themselves; all of them if left out. */
  readonly turns?: FrameTurns;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

/** One stream, as people look at it. */
export interface StreamStatus {
  readonly name: string;
  readonly model: string | null;
  readonly config: StreamConfig;
  /** Null before the streams are started. */
  readonly source: SourceState | null;
}

/** The streams of a device, each with a source, a pace and sinks of its own: one that fails stops no other. */
export class Streams {
  private readonly sources: SharedSources;
  private readonly conditions: JointConditions;
  private configs: readonly StreamConfig[];
  private readonly running = new Map<string, RunningStream>();
  private readonly sinks = new Map<string, SinkLease>();
  private isStarted = false;
  /** Changes are made one after the other. */
  private changing: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: StreamsOptions,
    configs: readonly StreamConfig[],
  ) {
    this.conditions = new JointConditions(options.tellCondition);
    this.sources = new SharedSources((config, owner) =>
      options.openSource(config, owner, (code, trouble) => this.conditions.part(owner())(code, trouble)),
    );
    this.configs = configs;
    for (const config of configs) this.lead(config, options.sinks.lease(config.sinks, config.name));
  }

  get all(): readonly StreamStatus[] {
    return this.configs.map((config) => ({
      ...{ name: config.name, model: this.modelOf(config), config },
      source: this.running.get(config.name)?.source ?? null,
    }));
  }

  /** Undefined where there is no such stream. */
  configOf(stream: string): StreamConfig | undefined {
    return this.configs.find(({ name }) => name === stream);
  }

  /** Which model answers which stream now. */
  get assignment(): readonly { readonly name: string; readonly model: string | null }[] {
    return this.configs.map((config) => ({ name: config.name, model: this.modelOf(config) }));
  }

  /** Whose frames this model answers by itself; where there are none, the one that its frames by HTTP are of. */
  answeredBy(model: string): readonly string[] {
    const own = this.assignment.filter((stream) => stream.model === model).map(({ name }) => name);
    return own.length > 0 ? own : [this.byHttp(model)];
  }

  /** The stream that a model's frames by HTTP are of; without a model, those of all. */
  byHttp(model: string | null): string {
    const asked = this.configs.filter(({ source, from }) => source.kind === 'http' && !from);
    const stream =
      asked.find((config) => config.model === model) ?? asked.find((config) => config.model === undefined);
    return stream?.name ?? MAIN_STREAM;
  }

  /** What nobody is to recognise in its pictures, in pixels of its source; of a part, also what its parent says. */
  blurOf(stream: string): readonly Region[] {
    const config = this.configs.find(({ name }) => name === stream);
    if (!config) return [];
    const { blur = [], from } = config;
    return from ? [...blur, ...this.blurOf(from.stream)] : blur;
  }

  /** Do frames of it come by themselves? */
  hasSource(stream: string): boolean {
    const config = this.configs.find(({ name }) => name === stream);
    return config !== undefined && config.source.kind !== 'http' && !config.from && !config.trigger;
  }

  /** Undefined where there is no such stream at work. */
  async ask(stream: string, asked: Asked): Promise<TriggerAnswer | undefined> {
    return this.running.get(stream)?.ask(asked);
  }

  start(): void {
    this.isStarted = true;
    for (const config of this.configs) this.begin(config);
  }

  /**
   * Goes over to other streams. Those that stay the same go on and lose nothing; of those that change or leave, the frames
   * under way have their results first.
   */
  apply(configs: readonly StreamConfig[]): Promise<void> {
    const change = this.changing.then(() => this.change(configs));
    this.changing = change.catch(() => undefined);
    return change;
  }

  /** No frame after this; settles when those under way have their results. */
  async stop(): Promise<void> {
    await this.changing;
    this.isStarted = false;
    await Promise.all([...this.running.values()].map((stream) => stream.stop()));
    this.running.clear();
  }

  private async change(configs: readonly StreamConfig[]): Promise<void> {
    const before = new Map(this.configs.map((config) => [config.name, config]));
    const stays = (config: StreamConfig): boolean => isDeepStrictEqual(before.get(config.name), config);
    const changed = configs.filter((config) => !stays(config));
    const staying = new Set(configs.filter(stays).map(({ name }) => name));
    const leaving = this.configs.map(({ name }) => name).filter((name) => !staying.has(name));
    await Promise.all(leaving.map((name) => this.end(name)));
    this.configs = configs;
    const former = leaving.flatMap((name) => this.sinks.get(name) ?? []);
    for (const name of leaving) this.forget(name);
    await this.exchangeSinks(former, changed);
    if (this.isStarted) for (const config of changed) this.begin(config);
  }

  /** A sink that stays as it is stays open; one whose settings change is closed before it is opened anew. */
  private async exchangeSinks(former: readonly SinkLease[], changed: readonly StreamConfig[]): Promise<void> {
    const { sinks } = this.options;
    const replaced = changed.filter((config) => config.sinks.some((sink) => sinks.isReplacing(sink)));
    const leases = changed.map(({ name, sinks: wanted }) =>
      sinks.lease(
        wanted.filter((sink) => !sinks.isReplacing(sink)),
        name,
      ),
    );
    changed.forEach((config, i) => this.lead(config, leases[i] as SinkLease));
    await Promise.all(former.map((lease) => lease.release()));
    for (const config of replaced) {
      const early = this.sinks.get(config.name);
      this.lead(config, sinks.lease(config.sinks, config.name));
      await early?.release();
    }
  }

  private forget(name: string): void {
    const { outlets, onLeft } = this.options;
    this.sinks.delete(name);
    outlets.of(name).use({ sinks: [] });
    this.conditions.leave(name);
    onLeft(name);
  }

  /** Its answers go where its configuration says, whoever they come from. */
  private lead({ name, defect }: StreamConfig, lease: SinkLease): void {
    this.sinks.set(name, lease);
    this.options.outlets.of(name).use({ sinks: lease.sinks, defect });
  }

  private begin(config: StreamConfig): void {
    const { openTrigger, outlets, onEvent, turns = NO_BUDGET } = this.options;
    const tell = this.conditions.part(config.name);
    const stream = new RunningStream({
      ...{ config, onEvent, turns, door: this.doorOf(config), outlet: outlets.of(config.name) },
      lease: this.leaseOf(config),
      trigger: openTrigger(config, tell),
    });
    this.running.set(config.name, stream);
  }

  private async end(name: string): Promise<void> {
    const stream = this.running.get(name);
    this.running.delete(name);
    await stream?.stop();
  }

  private leaseOf({ from, source, name }: StreamConfig): SourceLease {
    if (!from) return this.sources.lease(source, name);
    const derived = new DerivedFrames(name, from, this.options.outlets.of(from.stream));
    derived.start();
    return { source: derived, release: () => derived.stop() };
  }

  private doorOf(config: StreamConfig): Stream {
    const { routerOf, unassigned, outlets } = this.options;
    return new Stream({
      ...{ name: config.name, unassigned, outlet: outlets.of(config.name) },
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
