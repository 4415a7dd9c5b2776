import type { OutboxRecord } from '@hamon/agent/protocol';

type Named = OutboxRecord & { readonly name: string };

/** The newest records that a device could not send yet, in memory. */
export class MemoryOutbox {
  private readonly records: Named[] = [];
  private next = 1;
  /** Confirmed by the broker, and given up. */
  sent = 0;
  dropped = 0;

  constructor(private readonly limit: number) {}

  async add(record: OutboxRecord): Promise<void> {
    this.records.push({ ...record, name: String(this.next++) });
    if (this.records.length <= this.limit) return;
    this.records.shift();
    this.dropped += 1;
  }

  async peek(): Promise<Named | undefined> {
    return this.records[0];
  }

  async remove(name: string): Promise<void> {
    if (this.take(name)) this.sent += 1;
  }

  async drop(name: string): Promise<void> {
    if (this.take(name)) this.dropped += 1;
  }

  private take(name: string): boolean {
    const at = this.records.findIndex((record) => record.name === name);
    if (at >= 0) this.records.splice(at, 1);
    return at >= 0;
  }
}
