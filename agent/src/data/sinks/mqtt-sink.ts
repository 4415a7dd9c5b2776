import { deviceTopic, encodeMessage, MESSAGES, type ResultRecord } from '@hamon/contracts';
import { fittedRecord } from './fitted-record.js';
import type { ResultSink } from './result-sink.js';
import { SendsUnderWay } from './sends-under-way.js';

/** The device's way to its broker, as far as a sink needs it. */
export interface ResultPublisher {
  readonly isConnected: boolean;
  publish(topic: string, payload: Uint8Array, options: { qos: 0 | 1; retain: boolean }): Promise<void>;
}

export interface MqttSinkOptions {
  readonly fleet: string;
  readonly device: string;
  readonly publisher: ResultPublisher;
}

/** Results that the broker has not confirmed yet: more would delay the device's telemetry behind them. */
const MAX_IN_FLIGHT = 8;

/**
 * Publishes each result for the plant's own systems. Results are worth something now: what cannot be sent now is dropped
 * and counted, not kept. One that is too large for a message goes without its largest part, or as an error that says so.
 */
export class MqttSink implements ResultSink {
  readonly name = 'mqtt';
  private readonly options: MqttSinkOptions;
  private readonly topic: string;
  private readonly inFlight = new SendsUnderWay();
  private droppedResults = 0;
  private shortenedResults = 0;

  constructor(options: MqttSinkOptions) {
    this.options = options;
    this.topic = deviceTopic('results', options.fleet, options.device);
  }

  get dropped(): number {
    return this.droppedResults;
  }

  get shortened(): number {
    return this.shortenedResults;
  }

  write(record: ResultRecord): void {
    if (!this.options.publisher.isConnected || this.inFlight.count >= MAX_IN_FLIGHT) {
      this.droppedResults += 1;
      return;
    }
    this.inFlight.add(
      this.send(record).catch(() => {
        this.droppedResults += 1;
      }),
    );
  }

  close(): Promise<void> {
    return this.inFlight.settle();
  }

  private async send(record: ResultRecord): Promise<void> {
    const { qos, retain, maxBytes } = MESSAGES.results;
    const fitted = fittedRecord(record, maxBytes);
    if (fitted.isShortened) this.shortenedResults += 1;
    const bytes = encodeMessage('results', fitted.record);
    await this.options.publisher.publish(this.topic, bytes, { qos, retain });
  }
}
