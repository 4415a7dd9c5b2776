import type { BenchmarkFile } from '../adapters/benchmark-file.js';
import type { BenchmarkRecord } from '../core/benchmark-record.js';

type Change = (record: BenchmarkRecord) => BenchmarkRecord;

/** The one holder of the benchmark's record. */
export class RecordKeeper {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private current: BenchmarkRecord,
    private readonly file: Pick<BenchmarkFile, 'save'>,
    private readonly onChange: () => void,
  ) {}

  get record(): BenchmarkRecord {
    return this.current;
  }

  /** On disk first, then in effect. @throws AgentError `disk-full`, `storage-error`; nothing has changed then */
  update(change: Change): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      if (next === this.current) return;
      await this.file.save(next);
      this.take(next);
    });
  }

  /** In effect whatever the disk says: a restart would then measure again, within its attempts. */
  force(change: Change): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      if (next === this.current) return;
      await this.file.save(next).catch(() => undefined);
      this.take(next);
    });
  }

  private take(next: BenchmarkRecord): void {
    this.current = next;
    this.onChange();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}
