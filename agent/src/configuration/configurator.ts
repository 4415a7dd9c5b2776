import { setTimeout as delay } from 'node:timers/promises';
import {
  streamsOf,
  type ConfigReason,
  type DeviceEvent,
  type ParsedTopic,
  type StreamConfig,
} from '@hamon/contracts';
import type { Logger } from 'pino';
import { AgentError } from '../agent-error.js';
import { checkFolders } from '../adapters/check-folders.js';
import type { LinkListener } from '../control-link.js';
import { whatIsMissing } from '../core/configuration/assess-trial.js';
import type { ConfigRecord } from '../core/configuration/config-record.js';
import { applied, attempted, inUse, reverted, unattempted } from '../core/configuration/config-steps.js';
import { changedStreams } from '../core/configuration/settings-apart.js';
import type { DataPlane } from '../data-plane.js';
import type { MachineMonitor } from '../machine/machine-monitor.js';
import type { DeviceNews } from '../runner/runner-context.js';
import type { ConfigInbox } from './config-inbox.js';
import type { Configuration } from './configuration.js';

export interface ConfiguratorOptions {
  readonly configuration: Configuration;
  readonly data: Pick<DataPlane, 'applyStreams' | 'streamStatus' | 'models' | 'listen'>;
  readonly machine: Pick<MachineMonitor, 'apply'>;
  readonly tell: (kind: DeviceEvent['kind'], news: DeviceNews) => void;
  /** What the control plane is told of the configuration changed. */
  readonly onChanged: () => void;
  readonly now: () => Date;
  readonly log: Logger;
}

type Current = NonNullable<ConfigRecord['current']>;

const LOOK_MS = 100;

/** Puts into use what was accepted, watches whether its streams come up, and goes back where they do not. */
export class Configurator implements LinkListener {
  /** Streams that have answered a frame since the last change. */
  private readonly answered = new Set<string>();
  private working: Promise<void> = Promise.resolve();
  private trial = new AbortController();
  private isStopping = false;

  constructor(
    private readonly options: ConfiguratorOptions,
    private readonly inbox: Pick<ConfigInbox, 'receive' | 'close'>,
  ) {
    options.data.listen(({ record }) => {
      if (record.result) this.answered.add(record.stream);
    });
  }

  /** The streams run: goes on with a trial that the agent's end interrupted. */
  start(): void {
    const { record, config, startedWith } = this.options.configuration;
    // What could not even be begun with was given up after other parts had begun with it.
    if (record.current || config !== startedWith) this.enqueue(true);
  }

  /** Something was accepted: whatever is tried makes way for it. */
  accepted(): void {
    this.trial.abort();
    this.enqueue(false);
    this.options.onChanged();
  }

  /** Settles when no stream changes any more; a trial that is under way is gone on with at the next start. */
  async stop(): Promise<void> {
    this.inbox.close();
    this.isStopping = true;
    this.trial.abort();
    await this.working;
  }

  connected(): void {
    // It is retained: the broker sends it by itself.
  }

  disconnected(): void {
    // A trial needs no connection.
  }

  receive(message: ParsedTopic, payload: Uint8Array): void {
    if (message.name === 'config') void this.inbox.receive(payload);
  }

  private enqueue(isStart: boolean): void {
    this.working = this.working
      .then(() => (this.isStopping ? undefined : this.work(isStart)))
      .catch((cause: unknown) =>
        this.options.log.error({ err: cause }, 'the configuration cannot be put into use'),
      );
  }

  /** @param isStart the agent has just started with it, and has counted that */
  private async work(isStart: boolean): Promise<void> {
    const { configuration } = this.options;
    const { current } = configuration.record;
    if (current?.state !== 'trial') {
      await this.useWhatIsKept();
      return;
    }
    const ofThis = (step: (record: ConfigRecord) => ConfigRecord) =>
      configuration.keeper.force((record) =>
        record.current?.sequence === current.sequence ? step(record) : record,
      );
    // There before anything is waited for: whoever comes meanwhile has to find it.
    const trial = new AbortController();
    this.trial = trial;
    if (!isStart) await ofThis(attempted);
    if (!this.isTried(current.sequence)) return;
    const reason = trial.signal.aborted ? undefined : await this.tryOut(current, trial.signal);
    // Whatever made it end early has its own turn: the agent's stop, or a newer configuration.
    if (trial.signal.aborted) {
      await ofThis(unattempted);
      return;
    }
    if (reason) await this.goBack(current, reason);
    else await this.keep(current);
  }

  /** Why it does not stay; undefined where it does. */
  private async tryOut(current: Current, signal: AbortSignal): Promise<ConfigReason | undefined> {
    const { configuration, data, machine } = this.options;
    const merged = await configuration.with(current);
    if (!merged.ok) return merged.error;
    const { config: good } = await configuration.good();
    const tried = changedStreams(good, merged.value.config);
    try {
      await data.applyStreams(streamsOf(merged.value.config));
      // Not before: streams that go have answered their frames under way until here.
      for (const { name } of tried) this.answered.delete(name);
      await machine.apply(merged.value.config.resources);
    } catch (cause) {
      // Whatever it is, nobody may be there to mend it: what was good is better than half of something else.
      if (!(cause instanceof AgentError)) this.options.log.error({ err: cause }, 'a configuration met a bug');
      return { code: 'config-invalid', detail: (cause as Error).message.slice(0, 500) };
    }
    configuration.use(merged.value);
    this.options.onChanged();
    return this.watch(tried, current.trialSeconds, signal);
  }

  private async watch(
    tried: readonly StreamConfig[],
    seconds: number,
    signal: AbortSignal,
  ): Promise<ConfigReason | undefined> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const missing = this.missing(tried) ?? (await missingPlace(tried));
      if (!missing) return undefined;
      if (performance.now() >= end) return missing;
      await delay(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }

  /** The first stream that has not come up. */
  private missing(tried: readonly StreamConfig[]): ConfigReason | undefined {
    const { data } = this.options;
    const seen = new Map(data.streamStatus.map((status) => [status.name, status]));
    for (const config of tried) {
      const status = seen.get(config.name);
      const why = whatIsMissing(config, {
        source: status?.source ?? null,
        hasModel: data.models.some((model) => model === status?.model),
        hasAnswered: this.answered.has(config.name),
      });
      if (why) return { code: 'stream-not-up', detail: `${config.name}: ${why}`.slice(0, 500) };
    }
    return undefined;
  }

  private async keep({ sequence }: Current): Promise<void> {
    const { configuration, tell, now, onChanged } = this.options;
    if (!this.isTried(sequence)) return;
    const { waiting } = configuration;
    await configuration.keeper.force((record) => applied(record, sequence, waiting.length === 0, now()));
    const further = waiting.length === 0 ? '' : `; from the next start on: ${waiting.join(', ')}`;
    tell('config-applied', { detail: `sequence ${sequence}${further}` });
    onChanged();
  }

  /** Kept first: an agent that ends right here starts with what was good. */
  private async goBack({ sequence }: Current, reason: ConfigReason): Promise<void> {
    const { configuration, tell, now } = this.options;
    if (!this.isTried(sequence)) return;
    await configuration.keeper.force((record) => reverted(record, sequence, reason, now()));
    tell('config-reverted', { detail: `sequence ${sequence}: ${reason.detail}` });
    await this.useWhatIsKept();
  }

  /** A newer one may have been accepted at the very end; it has its own turn. */
  private isTried(sequence: number): boolean {
    return this.options.configuration.record.current?.sequence === sequence;
  }

  private async useWhatIsKept(): Promise<void> {
    const { configuration, data, machine, onChanged } = this.options;
    const merged = await configuration.with(inUse(configuration.record));
    const kept = merged.ok ? merged.value : await configuration.good();
    await data.applyStreams(streamsOf(kept.config));
    await machine.apply(kept.config.resources);
    configuration.use(kept);
    onChanged();
  }
}

/** The first stream whose folder or file is not there: a source may not have looked, and a sink would only count its losses. */
async function missingPlace(tried: readonly StreamConfig[]): Promise<ConfigReason | undefined> {
  for (const stream of tried) {
    try {
      await checkFolders({
        source: { kind: 'http' },
        sinks: [],
        streams: [{ ...stream, sinks: [...stream.sinks] }],
      });
    } catch (cause) {
      if (!(cause instanceof AgentError)) throw cause;
      const why = cause.message.replace(/^streams\.0\./, '');
      return { code: 'stream-not-up', detail: `${stream.name}: ${why}`.slice(0, 500) };
    }
  }
  return undefined;
}
