import type { DefectRule } from '@hamon/contracts';
import type { ModbusPlace } from '../../adapters/modbus-link.js';
import type { AnsweredFrame, OnAnswered } from '../answered-frame.js';
import type { Frame, FrameOutcome } from '../frame.js';
import { recordOf, type FrameLabel } from '../record-of.js';
import type { ResultSink } from '../sinks/result-sink.js';

/** Where a stream's answers go, as its configuration says. */
export interface OutletConfig {
  readonly sinks: readonly ResultSink[];
  readonly defect?: DefectRule | undefined;
}

/**
 * What becomes of a stream's frames: its sinks, and whoever else looks. It stays the same while the stream's configuration
 * changes, so that a frame under way ends where the newest one says.
 */
export class StreamOutlet {
  private config: OutletConfig = { sinks: [] };
  private readonly listeners = new Set<OnAnswered>();

  constructor(
    readonly stream: string,
    private readonly now: () => Date,
  ) {}

  use(config: OutletConfig): void {
    this.config = config;
  }

  /** Returns how to stop listening. */
  listen(listener: OnAnswered): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  put(frame: Frame, outcome: FrameOutcome): void {
    if (this.config.sinks.length === 0 && this.listeners.size === 0) return;
    const record = this.recordOf(frame, outcome);
    for (const sink of this.config.sinks) sink.write(record);
    for (const listener of this.listeners) listener({ frame, record });
  }

  /** A frame that was asked for and never came: whoever waits for its answer is told. */
  putMissing(label: FrameLabel, outcome: FrameOutcome): AnsweredFrame['record'] {
    const record = this.recordOf(label, outcome);
    for (const sink of this.config.sinks) sink.write(record);
    return record;
  }

  /** Settles when no sink that keeps answers can lose one that it was given so far. */
  async kept(): Promise<void> {
    await Promise.all(this.config.sinks.map(async (sink) => sink.kept?.()));
  }

  /** Has this server of the plant what the stream's sinks were given for it? */
  async shown(server: ModbusPlace): Promise<boolean> {
    const all = await Promise.all(
      this.config.sinks.map(async (sink) => (await sink.shown?.(server)) ?? true),
    );
    return all.every((isShown) => isShown);
  }

  recordOf(label: FrameLabel, outcome: FrameOutcome): AnsweredFrame['record'] {
    const { stream, config, now } = this;
    return recordOf(label, outcome, { stream, defect: config.defect, at: now() });
  }
}
