import { writeFileAtomically } from '@hamon/content';
import { BenchmarkRecord, EMPTY_RECORD } from '../core/benchmark-record.js';
import { readFileIfThere } from './read-file-if-there.js';
import { storageFault } from './storage-fault.js';

/** The benchmark's record on disk. Losing it costs a measurement, so that a damaged one begins anew. */
export class BenchmarkFile {
  constructor(private readonly path: string) {}

  async load(): Promise<BenchmarkRecord> {
    const text = await readFileIfThere(this.path);
    if (text === undefined) return EMPTY_RECORD;
    try {
      return BenchmarkRecord.parse(JSON.parse(text));
    } catch {
      return EMPTY_RECORD;
    }
  }

  /** @throws AgentError `disk-full`, `storage-error`; the former record is then still what a restart finds */
  async save(record: BenchmarkRecord): Promise<void> {
    try {
      await writeFileAtomically(this.path, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw storageFault('writing the benchmark record', cause);
    }
  }
}
