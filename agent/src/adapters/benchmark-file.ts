import { writeFileAtomically } from '@hamon/content';
import { BenchmarkRecord, EMPTY_RECORD } from '../core/benchmark-record.js';
import { readFileIfThere } from './read-file-if-there.js';
import { storageFault } from './storage-fault.js';

/** The benchmark's record on disk. Losing it costs one measurement, so a damaged one is replaced by an empty one. */
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

  /** @throws AgentError `disk-full`, `storage-error`; a restart then still finds the former record */
  async save(record: BenchmarkRecord): Promise<void> {
    try {
      await writeFileAtomically(this.path, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw storageFault('writing the benchmark record', cause);
    }
  }
}
