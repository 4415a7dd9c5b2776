import type { ResultRecord, SinkOf } from '@hamon/contracts';
import type { Lease } from '../../adapters/leases.js';
import type { ModbusLink } from '../../adapters/modbus-link.js';
import { backoffMs } from '../../core/backoff.js';
import { DroppedRecords, type DroppedRecordsOptions } from './dropped-records.js';
import type { ResultSink } from './result-sink.js';
import { deadWrites, modbusWrites, type ModbusWrite } from './modbus-writes.js';

export interface ModbusSinkOptions extends DroppedRecordsOptions {
  readonly config: SinkOf<'modbus'>;
  readonly link: Lease<Pick<ModbusLink, 'run'>>;
}

/** After a failure the server is left alone for so long; records that come meanwhile are dropped. */
const REST = { firstMs: 500, maxMs: 30_000 };

/**
 * Writes each record to a PLC. Coils and registers hold what was answered last, so a server that is slower than the answers
 * gets the newest one; those that were replaced before they were written are counted as dropped.
 */
export class ModbusSink implements ResultSink {
  readonly name = 'modbus';
  private answers = 0;
  private readonly drops: DroppedRecords;
  private next: readonly ModbusWrite[] | undefined;
  private writing: Promise<void> | undefined;
  private failures = 0;
  private restsUntil = 0;
  private why = '';
  private silence: NodeJS.Timeout | undefined;

  constructor(private readonly options: ModbusSinkOptions) {
    this.drops = new DroppedRecords(options);
  }

  get dropped(): number {
    return this.drops.count;
  }

  write(record: ResultRecord): void {
    this.answers += 1;
    if (performance.now() < this.restsUntil) {
      this.drops.add(1, this.why);
      return;
    }
    if (this.next) this.drops.replace(1);
    this.next = modbusWrites(this.options.config, record, this.answers);
    this.writing ??= this.writeAll();
  }

  async close(): Promise<void> {
    await this.writing;
    clearTimeout(this.silence);
    const { config, link } = this.options;
    if (this.failures === 0 && this.answers > 0) {
      await this.perform(deadWrites(config)).catch(() => undefined);
    }
    await link.release();
  }

  private async writeAll(): Promise<void> {
    while (this.next) {
      const writes = this.next;
      this.next = undefined;
      try {
        await this.perform(writes);
        this.drops.recover();
        this.failures = 0;
        this.expectAnother();
      } catch (cause) {
        this.rest(cause as Error);
      }
    }
    this.writing = undefined;
  }

  private async perform(writes: readonly ModbusWrite[]): Promise<void> {
    const { config, link } = this.options;
    if (writes.length === 0) return;
    await link.value.run(config, async (requests) => {
      for (const write of writes) {
        if (write.kind === 'coils') await requests.writeCoils(write.address, write.values);
        else await requests.writeRegisters(write.address, write.values);
      }
    });
  }

  private rest({ message }: Error): void {
    this.drops.add(this.next ? 2 : 1, message);
    this.next = undefined;
    this.why = message;
    this.restsUntil = performance.now() + backoffMs(this.failures, REST, Math.random());
    this.failures += 1;
  }

  /** `alive` coils go off where no answer follows: the PLC must not act on an old one. */
  private expectAnother(): void {
    const { config } = this.options;
    const dead = deadWrites(config);
    if (dead.length === 0) return;
    clearTimeout(this.silence);
    const tell = (): void => void this.perform(dead).catch(() => undefined);
    this.silence = setTimeout(tell, config.aliveMs).unref();
  }
}
