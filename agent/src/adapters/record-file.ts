import { writeFileAtomically } from '@hamon/content';
import type { z } from 'zod';
import { readFileIfThere } from './read-file-if-there.js';
import { storageFault } from './storage-fault.js';

export interface RecordFileOptions<Record> {
  readonly path: string;
  readonly schema: z.ZodType<Record>;
  readonly empty: Record;
  /** What it is, as faults name it. */
  readonly what: string;
}

/** A record on disk of which a damaged one is replaced by an empty one: losing it costs work, not the device. */
export class RecordFile<Record> {
  constructor(private readonly options: RecordFileOptions<Record>) {}

  async load(): Promise<Record> {
    const { path, schema, empty } = this.options;
    const text = await readFileIfThere(path);
    if (text === undefined) return empty;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      return empty;
    }
  }

  /** @throws AgentError `disk-full`, `storage-error`; a restart then still finds the former record */
  async save(record: Record): Promise<void> {
    const { path, what } = this.options;
    try {
      await writeFileAtomically(path, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw storageFault(`writing ${what}`, cause);
    }
  }
}
