import { z } from 'zod';
import { Host, Path, Port } from './fields.js';
import { ModbusMapping, modbusProblems } from './modbus-mapping.js';
import { modbusServer } from './modbus.js';
import { PlantBroker, Qos, Topic } from './plant-broker.js';
import { isUnencrypted } from '../unencrypted.js';
import { address, SecretRef } from './secret-ref.js';

const common = {
  /** Every answer, defects alone, or what differs from the last one that was sent. */
  when: z.enum(['always', 'defect', 'change']).default('always'),
  /** `defect`: no further one for so long; `change`: only what has lasted so long. */
  holdMs: z.int().min(0).max(3_600_000).default(0),
};

/** A part of a Sparkplug B topic (Sparkplug 3.0.0, 4.1). */
const SparkplugName = z
  .string()
  .regex(/^[^/+#\0]{1,100}$/, 'must be 1-100 characters without "/", "+" and "#"');

export const SinkConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('jsonl'),
    ...common,
    path: Path,
    maxBytes: z
      .int()
      .min(4096)
      .default(16 * 1024 ** 2),
  }),
  z.strictObject({ kind: z.literal('stdout'), ...common }),
  /** The fleet's broker, `…/results`. */
  z.strictObject({ kind: z.literal('mqtt'), ...common }),
  z
    .strictObject({
      kind: z.literal('plant-mqtt'),
      ...common,
      broker: PlantBroker,
      format: z.enum(['json', 'sparkplug-b']).default('json'),
      /** Of JSON; `{stream}` and `{device}` in it are filled in. */
      topic: Topic.default('hamon/{device}/{stream}'),
      /** Of Sparkplug B: `spBv1.0/GROUP/…/NODE`; the device's id where the node is left out. */
      group: SparkplugName.default('hamon'),
      node: SparkplugName.exactOptional(),
      /** Of JSON. Sparkplug B has rules of its own for both. */
      qos: Qos.default(1),
      retain: z.boolean().default(false),
    })
    .superRefine(({ format, retain, broker }, context) => {
      if (format === 'json') return;
      const issue = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path, message });
      if (retain) issue(['retain'], 'is of JSON: Sparkplug B retains nothing');
      if (broker.statusTopic !== undefined) {
        issue(['broker', 'statusTopic'], 'is of JSON: a Sparkplug B node has birth and death certificates');
      }
    }),
  z
    .strictObject({
      kind: z.literal('webhook'),
      ...common,
      url: address('https', 'http'),
      /** Key of the signature. */
      secret: SecretRef,
      timeoutMs: z.int().min(100).max(60_000).default(5000),
      /** What is kept on the device's disk while the receiver does not take it. */
      maxRecords: z.int().min(1).max(100_000).default(2000),
      maxMb: z.number().min(0.1).max(1024).default(16),
      /** Accepts http:// outside of this machine. */
      insecure: z.boolean().default(false),
    })
    .superRefine(({ url, insecure }, context) => {
      if (insecure || !URL.canParse(url) || !isUnencrypted(url)) return;
      const message =
        'is not encrypted: use https:// outside of this machine, or accept it by "insecure": true';
      context.addIssue({ code: 'custom', path: ['url'], message });
    }),
  z
    .strictObject({ kind: z.literal('modbus'), ...common, ...modbusServer, ...ModbusMapping.shape })
    .superRefine((sink, context) => {
      for (const { path, message } of modbusProblems(sink)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    }),
  z
    .strictObject({
      kind: z.literal('opcua'),
      ...common,
      /** Streams that name the same port share one server. */
      host: Host.default('127.0.0.1'),
      port: Port.default(4840),
      user: z.string().min(1).max(200).exactOptional(),
      password: SecretRef.exactOptional(),
      /** Accepts connections from outside of this machine without encryption. */
      insecure: z.boolean().default(false),
    })
    .superRefine(({ user, password }, context) => {
      if ((user === undefined) === (password === undefined)) return;
      context.addIssue({ code: 'custom', path: ['user'], message: 'goes together with a password' });
    }),
]);
export type SinkConfig = z.infer<typeof SinkConfig>;
export type SinkKind = SinkConfig['kind'];
export type SinkOf<K extends SinkKind> = Extract<SinkConfig, { kind: K }>;
export const Sinks = z.array(SinkConfig).max(8);
