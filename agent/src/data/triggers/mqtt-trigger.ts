import { MESSAGES, type TriggerOf } from '@hamon/contracts';
import type { Lease } from '../../adapters/leases.js';
import type { PlantConnection, PlantDelivery } from '../../adapters/plant-connection.js';
import { fittedRecord } from '../sinks/fitted-record.js';
import { correlationOf } from './correlation-of.js';
import type { Asked, Fire, Trigger, TriggerAnswer } from './trigger.js';
import type { TriggerTroubles } from './trigger-troubles.js';

export interface MqttTriggerOptions {
  readonly config: TriggerOf<'mqtt'>;
  readonly connection: Lease<PlantConnection>;
  readonly troubles: TriggerTroubles;
}

/** Each message on a topic of the plant's broker takes a frame; the answer goes to another topic. */
export class MqttTrigger implements Trigger {
  private readonly underWay = new Set<Promise<void>>();
  /** Of the messages under way: a broker may deliver one twice, which has one answer. */
  private readonly correlations = new Set<string>();

  constructor(private readonly options: MqttTriggerOptions) {}

  async run(fire: Fire, signal: AbortSignal): Promise<void> {
    const { config, connection, troubles } = this.options;
    let refusal: string | null = null;
    const unsubscribe = connection.value.subscribe(config.topic, config.qos, {
      onDelivery: (delivery) => this.receive(delivery, fire),
      onRefused: (why) => troubles.unheard((refusal = why)),
      onGranted: () => troubles.unheard((refusal = null)),
    });
    const unwatch = connection.value.watch((trouble) => troubles.unheard(trouble ?? refusal));
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    unsubscribe();
    unwatch();
    troubles.leave();
    await Promise.all(this.underWay);
    await connection.release();
  }

  /** One that was retained is old news: with each new connection it would take a frame that nobody asked for. */
  private receive({ payload, isRetained }: PlantDelivery, fire: Fire): void {
    if (isRetained) return;
    const { config, troubles } = this.options;
    const asked = correlationOf(payload);
    if (asked instanceof Error) {
      troubles.refused(`a message on ${config.topic} is no trigger: ${asked.message}`);
      return;
    }
    const { correlation } = asked;
    if (correlation !== undefined && this.correlations.has(correlation)) return;
    const answering = this.answer(fire, asked).finally(() => this.underWay.delete(answering));
    this.underWay.add(answering);
  }

  private async answer(fire: Fire, { correlation }: Pick<Asked, 'correlation'>): Promise<void> {
    if (correlation === undefined) {
      await this.publish(await fire({ kind: 'mqtt' }));
      return;
    }
    this.correlations.add(correlation);
    try {
      await this.publish(await fire({ kind: 'mqtt', correlation }));
    } finally {
      this.correlations.delete(correlation);
    }
  }

  private async publish({ record }: TriggerAnswer): Promise<void> {
    const { config, connection, troubles } = this.options;
    const { answerTopic: topic, qos } = config;
    if (topic === undefined) return;
    const { text } = fittedRecord(record, MESSAGES.results.maxBytes);
    await connection.value
      .publish({ topic, payload: Buffer.from(text), qos, retain: false })
      .catch((cause: unknown) => troubles.refused(`an answer is lost: ${(cause as Error).message}`));
  }
}
