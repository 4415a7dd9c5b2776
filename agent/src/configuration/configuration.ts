import { mkdir } from 'node:fs/promises';
import type { ConfigReason, ConfigReport, DeviceConfig, Result } from '@hamon/contracts';
import type { Logger } from 'pino';
import { RecordFile } from '../adapters/record-file.js';
import type { StatePaths } from '../adapters/state-paths.js';
import { ConfigRecord, EMPTY_CONFIG_RECORD, type SentConfig } from '../core/configuration/config-record.js';
import { inUse, reverted, started, unusable, usable } from '../core/configuration/config-steps.js';
import type { Merged } from '../core/configuration/merge-config.js';
import { needsRestart } from '../core/configuration/settings-apart.js';
import { StateKeeper } from '../state-keeper.js';
import { effectiveConfig } from './effective-config.js';

/** Of a list in a report, at most. */
const MOST_TOLD = 32;

/** What the device uses: its own file, and what the centre sent in its place. */
export class Configuration {
  private constructor(
    /** The device's own file alone. */
    readonly own: DeviceConfig,
    private readonly shared: string,
    readonly keeper: StateKeeper<ConfigRecord>,
    private used: Merged,
    /** What the agent was started with. */
    readonly startedWith: DeviceConfig,
  ) {}

  /**
   * As the agent starts with it. What cannot be used is gone back from: a device never stays without an agent because of
   * what came from the centre.
   */
  static async open(
    own: DeviceConfig,
    paths: Pick<StatePaths, 'configRecord' | 'shared'>,
    log: Logger,
  ): Promise<Configuration> {
    const { configRecord: path, shared } = paths;
    await mkdir(shared, { recursive: true }).catch(() => undefined);
    const file = new RecordFile<ConfigRecord>({
      ...{ path, schema: ConfigRecord, empty: EMPTY_CONFIG_RECORD, what: 'the record of the configuration' },
    });
    const keeper = new StateKeeper(await file.load(), file, () => undefined);
    await keeper.force((record) => started(record, new Date()));
    for (;;) {
      const sent = inUse(keeper.state);
      const merged = await effectiveConfig(own, sent, shared);
      if (merged.ok) {
        await keeper.force((record) => usable(record, new Date()));
        return new Configuration(own, shared, keeper, merged.value, merged.value.config);
      }
      log.warn(
        { reason: merged.error, sequence: sent?.sequence },
        'the configuration from the centre is not used',
      );
      const { current } = keeper.state;
      if (!current) {
        await keeper.force((record) => unusable(record, merged.error, new Date()));
        return new Configuration(own, shared, keeper, { config: own, ignored: [] }, own);
      }
      await keeper.force((record) => reverted(record, current.sequence, merged.error, new Date()));
    }
  }

  /** In use now. */
  get config(): DeviceConfig {
    return this.used.config;
  }

  get record(): ConfigRecord {
    return this.keeper.state;
  }

  /** Settings in use that wait for the agent's next start. */
  get waiting(): string[] {
    return needsRestart(this.startedWith, this.config);
  }

  /** What the device would use with this; nothing changes by asking. */
  with(sent: Pick<SentConfig, 'config'> | null): Promise<Result<Merged, ConfigReason>> {
    return effectiveConfig(this.own, sent, this.shared);
  }

  /** What is gone back to; the device's own file alone where nothing else can be used. */
  async good(): Promise<Merged> {
    const merged = await this.with(this.record.good);
    return merged.ok ? merged.value : { config: this.own, ignored: [] };
  }

  use(merged: Merged): void {
    this.used = merged;
  }

  /** It cannot even be begun with: what was good counts, and at last the device's own file alone. */
  async giveUp(reason: ConfigReason): Promise<void> {
    const { current } = this.record;
    if (current) {
      await this.keeper.force((record) => reverted(record, current.sequence, reason, new Date()));
      this.used = await this.good();
    } else {
      await this.keeper.force((record) => unusable(record, reason, new Date()));
      this.used = { config: this.own, ignored: [] };
    }
  }

  /** Undefined where nothing ever came from the centre. */
  report(): ConfigReport | undefined {
    const { told } = this.record;
    if (!told) return undefined;
    const ignored = shortened(this.used.ignored);
    const waiting = shortened(this.waiting);
    return {
      ...told,
      ...(ignored.length > 0 && { ignored }),
      ...(waiting.length > 0 && { needsRestart: waiting }),
    };
  }
}

const shortened = (names: readonly string[]): string[] =>
  names.slice(0, MOST_TOLD).map((name) => name.slice(0, 100));
