import type { ResultRecord, SinkOf } from '@hamon/contracts';
import { connectionNumbers } from '../../adapters/connection-numbers.js';
import type { Lease } from '../../adapters/leases.js';
import type { PlantConnection } from '../../adapters/plant-connection.js';
import type { PlantLinks } from '../../adapters/plant-links.js';
import { loadSparkplug } from '../../adapters/sparkplug-payload.js';
import { DroppedRecords, type DroppedRecordsOptions } from './dropped-records.js';
import type { ResultSink } from './result-sink.js';
import { sparkplugMetrics } from './sparkplug-metrics.js';
import { SparkplugNode } from './sparkplug-node.js';

export interface SparkplugSinkOptions extends DroppedRecordsOptions {
  readonly config: SinkOf<'plant-mqtt'>;
  readonly plant: Pick<PlantLinks, 'broker'>;
  readonly device: string;
  readonly stateFolder: string;
  readonly now: () => Date;
}

interface Standing {
  readonly node: SparkplugNode;
  readonly lease: Lease<PlantConnection>;
}

/** Answers as a Sparkplug B edge node, on a connection of its own: its last will is the node's death certificate. */
export class SparkplugSink implements ResultSink {
  readonly name = 'plant-mqtt';
  private readonly drops: DroppedRecords;
  private readonly opening: Promise<void>;
  private standing: Standing | undefined;
  private why = 'the connection is not there yet';

  constructor(private readonly options: SparkplugSinkOptions) {
    this.drops = new DroppedRecords(options);
    this.opening = this.open().catch((cause: unknown) => {
      this.why = (cause as Error).message;
      this.drops.add(0, this.why);
    });
  }

  get dropped(): number {
    return this.drops.count;
  }

  write(record: ResultRecord): void {
    const { standing } = this;
    if (!standing) {
      this.drops.add(1, this.why);
      return;
    }
    const { node, lease } = standing;
    const connection = lease.value;
    const metrics = sparkplugMetrics(record);
    if (connection.room < 1) {
      node.remember(record.stream, metrics);
      this.drops.add(1, connection.trouble ?? 'the broker is too slow');
      return;
    }
    connection.publish(node.say(record.stream, metrics)).then(
      () => this.drops.recover(),
      (cause: unknown) => this.drops.add(1, (cause as Error).message),
    );
  }

  leave(stream: string): void {
    if (!this.standing) return;
    const { node, lease } = this.standing;
    if (lease.value.room < 1) {
      node.forget(stream);
      return;
    }
    const death = node.bury(stream);
    if (death) lease.value.publish(death).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.opening;
    await this.standing?.lease.release();
  }

  private async open(): Promise<void> {
    const { config, plant, device, stateFolder, now } = this.options;
    const { group, node: named = device, broker } = config;
    const name = `sparkplug ${group}/${named}`;
    const codec = await loadSparkplug();
    const nextConnection = await connectionNumbers(stateFolder, `${name} ${broker.url}`);
    const node = new SparkplugNode({ group, node: named, codec, nextConnection, now });
    const lease = plant.broker(broker, { name, session: node });
    this.standing = { node, lease };
    const connection = lease.value;
    connection.subscribe(node.commandTopic, 1, {
      onDelivery: ({ payload, isRetained }) => {
        // A host that asks again and again gets as many births as the broker takes.
        if (isRetained || !node.asksForRebirth(payload) || connection.room < node.birthCount) return;
        for (const birth of node.births()) connection.publish(birth).catch(() => undefined);
      },
    });
    connection.watch((trouble) => {
      if (trouble === null) this.drops.recover();
    });
  }
}
