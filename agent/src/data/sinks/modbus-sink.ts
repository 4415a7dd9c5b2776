import type { ResultRecord, SinkOf } from '@hamon/contracts';
import type { Lease } from '../../adapters/leases.js';
import type { ModbusLink, ModbusPlace } from '../../adapters/modbus-link.js';
import { backoffMs } from '../../core/backoff.js';
import { DroppedRecords, type DroppedRecordsOptions } from './dropped-records.js';
import type { ResultSink } from './result-sink.js';
import { deadWrites, modbusWrites, type ModbusWrite } from './modbus-writes.js';

export interface ModbusSinkOptions extends DroppedRecordsOptions {
  readonly config: SinkOf<'modbus'>;
  readonly link: Lease<Pick<ModbusLink, 'run'>>;
}

/** After a failure the server is left alone for so long. */
const REST = { firstMs: 500, maxMs: 30_000 };

interface Numbered {
  readonly record: ResultRecord;
  /** Records so far, with this one. */
  readonly answers: number;
  readonly atMs: number;
}

/**
 * Writes each record to a PLC. Coils and registers hold what was answered last, so a server that is slower than the answers,
 * or away, gets the newest one; those that were replaced before they were written are counted as dropped.
 */
export class ModbusSink implements ResultSink {
  readonly name = 'modbus';
  private answers = 0;
  /** Of the record that was written last. */
  private shownAnswers = 0;
  private readonly drops: DroppedRecords;
  private next: Numbered | undefined;
  private writing: Promise<void> | undefined;
  private attempt: Promise<void> = Promise.resolve();
  private failures = 0;
  private rest: NodeJS.Timeout | undefined;
  private silence: NodeJS.Timeout | undefined;

  constructor(private readonly options: ModbusSinkOptions) {
    this.drops = new DroppedRecords(options);
  }

  get dropped(): number {
    return this.drops.count;
  }

  write(record: ResultRecord): void {
    this.answers += 1;
    if (this.next) this.drops.replace(1);
    this.next = { record, answers: this.answers, atMs: performance.now() };
    this.begin();
  }

  async shown({ host, port }: ModbusPlace): Promise<boolean> {
    const { config } = this.options;
    if (host !== config.host || port !== config.port) return true;
    const { answers } = this;
    while (this.writing && this.shownAnswers < answers) await this.attempt;
    return this.shownAnswers >= answers;
  }

  async close(): Promise<void> {
    await this.writing;
    clearTimeout(this.rest);
    clearTimeout(this.silence);
    const { config, link } = this.options;
    if (this.next) this.drops.replace(1);
    if (this.failures === 0 && this.answers > 0) {
      await this.perform(deadWrites(config)).catch(() => undefined);
    }
    await link.release();
  }

  private begin(): void {
    if (this.next && this.rest === undefined) this.writing ??= this.writeAll();
  }

  private async writeAll(): Promise<void> {
    while (this.next && this.rest === undefined) {
      const newest = this.next;
      this.next = undefined;
      this.attempt = this.writeOne(newest);
      await this.attempt;
    }
    this.writing = undefined;
  }

  private async writeOne(newest: Numbered): Promise<void> {
    try {
      await this.perform(this.writesOf(newest));
      this.shownAnswers = newest.answers;
      this.drops.recover();
      this.failures = 0;
      this.expectAnother();
    } catch (cause) {
      if (this.next) this.drops.replace(1);
      this.next ??= newest;
      this.leaveAlone(cause as Error);
    }
  }

  /** One that had to wait for long is no sign of life any more. */
  private writesOf({ record, answers, atMs }: Numbered): readonly ModbusWrite[] {
    const { config } = this.options;
    if (performance.now() - atMs < config.aliveMs) return modbusWrites(config, record, answers);
    const coils = config.coils.filter(({ value }) => value !== 'alive');
    return [...modbusWrites({ ...config, coils }, record, answers), ...deadWrites(config)];
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

  private leaveAlone({ message }: Error): void {
    this.drops.add(0, message);
    const goOn = (): void => {
      this.rest = undefined;
      this.begin();
    };
    this.rest = setTimeout(goOn, backoffMs(this.failures, REST, Math.random())).unref();
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
