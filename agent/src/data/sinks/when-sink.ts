import type { ResultRecord } from '@hamon/contracts';
import type { ResultSink } from './result-sink.js';
import { NOTHING_SEEN, passage, type WhenRule } from './when-filter.js';

/** One stream's view of a sink: what its row lets through goes there. */
export class WhenSink implements ResultSink {
  private state = NOTHING_SEEN;
  private heldRecords = 0;

  constructor(
    private readonly sink: ResultSink,
    private readonly rule: WhenRule,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get name(): string {
    return this.sink.name;
  }

  get dropped(): number {
    return this.sink.dropped;
  }

  /** Defects that were not sent, because one had been within the hold time. */
  get held(): number {
    return this.heldRecords;
  }

  write(record: ResultRecord): void {
    const { passes, isHeld, state } = passage(this.rule, this.state, record, this.nowMs());
    this.state = state;
    if (isHeld) this.heldRecords += 1;
    if (passes) this.sink.write(record);
  }

  async kept(): Promise<void> {
    await this.sink.kept?.();
  }

  /** It belongs to whoever has opened it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
