import type { SinkConfig, SinkKind, SinkOf } from '@hamon/contracts';
import { JsonlSink } from './jsonl-sink.js';
import { ModbusSink } from './modbus-sink.js';
import { MqttSink } from './mqtt-sink.js';
import { PlantMqttSink } from './plant-mqtt-sink.js';
import { modbusPlace, plantMqttPlace } from './plant-places.js';
import type { ResultSink } from './result-sink.js';
import type { SinkParts } from './sink-parts.js';
import { SparkplugSink } from './sparkplug-sink.js';
import { StdoutSink } from './stdout-sink.js';
import { openOpcua, opcuaPlace } from './opcua/open-opcua.js';
import { openWebhook, webhookPlace } from './webhook/open-webhook.js';

interface SinkRow<K extends SinkKind> {
  /** What it writes to. */
  place(config: SinkOf<K>): string;
  open(config: SinkOf<K>, parts: SinkParts): ResultSink;
}

/** Every kind of sink that there is. */
const SINK_KINDS: { readonly [K in SinkKind]: SinkRow<K> } = {
  jsonl: {
    place: ({ path }) => path,
    open: (config, parts) => new JsonlSink({ ...config, ...parts }),
  },
  stdout: { place: () => '', open: (_, parts) => new StdoutSink({ output: process.stdout, ...parts }) },
  mqtt: { place: () => '', open: (_, parts) => new MqttSink(parts) },
  'plant-mqtt': {
    place: plantMqttPlace,
    open: (config, parts) =>
      config.format === 'json'
        ? new PlantMqttSink({ ...parts, config, connection: parts.plant.broker(config.broker) })
        : new SparkplugSink({ ...parts, config }),
  },
  modbus: {
    place: modbusPlace,
    open: (config, parts) => new ModbusSink({ ...parts, config, link: parts.plant.modbus(config) }),
  },
  webhook: { place: webhookPlace, open: openWebhook },
  opcua: { place: opcuaPlace, open: openOpcua },
};

export const placeOf = (config: SinkConfig): string => `${config.kind} ${rowOf(config.kind).place(config)}`;

export const openSink = (config: SinkConfig, parts: SinkParts): ResultSink =>
  rowOf(config.kind).open(config, parts);

const rowOf = (kind: SinkKind): SinkRow<SinkKind> => SINK_KINDS[kind] as SinkRow<SinkKind>;
