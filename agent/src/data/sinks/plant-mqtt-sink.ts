import { MESSAGES, type ResultRecord, type SinkOf } from '@hamon/contracts';
import type { Lease } from '../../adapters/leases.js';
import type { PlantConnection } from '../../adapters/plant-connection.js';
import { DroppedRecords, type DroppedRecordsOptions } from './dropped-records.js';
import { fittedRecord } from './fitted-record.js';
import type { ResultSink } from './result-sink.js';
import { SendsUnderWay } from './sends-under-way.js';

export interface PlantMqttSinkOptions extends DroppedRecordsOptions {
  readonly config: SinkOf<'plant-mqtt'>;
  readonly connection: Lease<PlantConnection>;
  readonly device: string;
}

/** Records that the broker has not confirmed yet. */
const MOST_IN_FLIGHT = 16;

/**
 * Publishes each record as JSON on the plant's own broker. What cannot be sent now is dropped and counted, not kept: an
 * answer is worth something while the part is there.
 */
export class PlantMqttSink implements ResultSink {
  readonly name = 'plant-mqtt';
  private readonly drops: DroppedRecords;
  private readonly inFlight = new SendsUnderWay();
  private readonly stopWatching: () => void;
  private shortenedRecords = 0;

  constructor(private readonly options: PlantMqttSinkOptions) {
    this.drops = new DroppedRecords(options);
    this.stopWatching = options.connection.value.watch((trouble) => {
      if (trouble === null) this.drops.recover();
    });
  }

  get dropped(): number {
    return this.drops.count;
  }

  get shortened(): number {
    return this.shortenedRecords;
  }

  write(record: ResultRecord): void {
    const { connection } = this.options;
    const { trouble } = connection.value;
    if (trouble !== null || this.inFlight.count >= MOST_IN_FLIGHT) {
      this.drops.add(1, trouble ?? `the broker has not confirmed ${this.inFlight.count} of them`);
      return;
    }
    this.inFlight.add(
      this.send(record).then(
        () => this.drops.recover(),
        (cause: unknown) => this.drops.add(1, (cause as Error).message),
      ),
    );
  }

  async close(): Promise<void> {
    this.stopWatching();
    await this.inFlight.settle();
    await this.options.connection.release();
  }

  private async send(record: ResultRecord): Promise<void> {
    const { config, device, connection } = this.options;
    const fitted = fittedRecord(record, MESSAGES.results.maxBytes);
    if (fitted.isShortened) this.shortenedRecords += 1;
    const topic = config.topic.replaceAll('{device}', device).replaceAll('{stream}', record.stream);
    const { qos, retain } = config;
    await connection.value.publish({ topic, payload: Buffer.from(fitted.text), qos, retain });
  }
}
