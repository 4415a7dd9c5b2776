import type { SinkOf } from '@hamon/contracts';

/** Of Sparkplug B, the node; of JSON, what decides where a record goes and how. */
export function plantMqttPlace(config: SinkOf<'plant-mqtt'>): string {
  const { broker, format, group, node, topic, qos, retain } = config;
  return JSON.stringify(format === 'json' ? { broker, topic, qos, retain } : { broker, group, node });
}
