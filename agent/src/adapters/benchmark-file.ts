import { BenchmarkRecord, EMPTY_RECORD } from '../core/benchmark-record.js';
import { RecordFile } from './record-file.js';

/** Where the benchmark's record is kept. */
export const benchmarkFile = (path: string): RecordFile<BenchmarkRecord> =>
  new RecordFile({ path, schema: BenchmarkRecord, empty: EMPTY_RECORD, what: 'the benchmark record' });
