import { z } from 'zod';
import { RecordFile } from '../adapters/record-file.js';
import { dayOf } from './daily-counts.js';

const Spent = z.strictObject({
  schema: z.literal('hamon.sample-upload/1'),
  day: z.string().max(10),
  bytes: z.int().min(0),
});
type Spent = z.infer<typeof Spent>;

const NOTHING: Spent = { schema: 'hamon.sample-upload/1', day: '', bytes: 0 };

/**
 * Bytes that were sent today, on disk before they are sent: a device that is killed over and over never sends more than it
 * may.
 */
export class UploadBudget {
  private constructor(
    private readonly file: RecordFile<Spent>,
    private spent: Spent,
  ) {}

  static async open(path: string): Promise<UploadBudget> {
    const file = new RecordFile({ path, schema: Spent, empty: NOTHING, what: 'what was sent of samples' });
    return new UploadBudget(file, await file.load());
  }

  spentOn(at: Date): number {
    return this.spent.day === dayOf(at) ? this.spent.bytes : 0;
  }

  /** @throws AgentError `disk-full`, `storage-error`; nothing may be sent then */
  async spend(bytes: number, at: Date): Promise<void> {
    const next: Spent = { ...NOTHING, day: dayOf(at), bytes: this.spentOn(at) + bytes };
    await this.file.save(next);
    this.spent = next;
  }
}
