import { createHash } from 'node:crypto';
import type { SinkOf } from '@hamon/contracts';

/** Of Sparkplug B, the node; of JSON, what decides where a record goes and how. Short, since people read it too. */
export function plantMqttPlace(config: SinkOf<'plant-mqtt'>): string {
  const { broker, format, group, node = '', topic, qos, retain } = config;
  return format === 'json'
    ? marked(`${broker.url} ${topic}`, { broker, topic, qos, retain })
    : marked(`${broker.url} ${group}/${node}`, { broker, group, node });
}

/** Each mapping is a sink of its own, on a connection that they share. */
export function modbusPlace({ when: _when, holdMs: _holdMs, ...config }: SinkOf<'modbus'>): string {
  return marked(`${config.host}:${config.port}`, config);
}

const marked = (name: string, whole: object): string =>
  `${name} ${createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 8)}`;
