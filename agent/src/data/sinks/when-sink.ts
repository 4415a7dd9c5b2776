import type { ResultRecord } from '@hamon/contracts';
import type { ModbusPlace } from '../../adapters/modbus-link.js';
import type { ResultSink } from './result-sink.js';
import { NOTHING_SEEN, passage, type WhenRule } from './when-filter.js';

export interface WhenSinkOptions {
  readonly rule: WhenRule;
  /** A defect is not sent, because one has been within the hold time. */
  readonly onHeld: () => void;
  readonly nowMs?: () => number;
}

/** One stream's view of a sink: what its row lets through goes there. */
export class WhenSink implements ResultSink {
  private state = NOTHING_SEEN;

  constructor(
    private readonly sink: ResultSink,
    private readonly options: WhenSinkOptions,
  ) {}

  get name(): string {
    return this.sink.name;
  }

  get dropped(): number {
    return this.sink.dropped;
  }

  write(record: ResultRecord): void {
    const { rule, onHeld, nowMs = () => performance.now() } = this.options;
    const { passes, isHeld, state } = passage(rule, this.state, record, nowMs());
    this.state = state;
    if (isHeld) onHeld();
    if (passes) this.sink.write(record);
  }

  async kept(): Promise<void> {
    await this.sink.kept?.();
  }

  async shown(server: ModbusPlace): Promise<boolean> {
    return (await this.sink.shown?.(server)) ?? true;
  }

  /** It belongs to whoever has opened it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
