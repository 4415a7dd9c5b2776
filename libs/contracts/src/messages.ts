import type { z } from 'zod';
import { MAX_CHUNK_BYTES } from './bundle-index.js';
import { DeviceReply } from './command.js';
import { DeviceEvent, Presence } from './device-messages.js';
import { ReportedState } from './reported-state.js';
import { ResultRecord } from './inference-result.js';
import { GeneralJws } from './manifest.js';
import type { ParameterOf } from './topic-template.js';
import { TelemetryWindow } from './window.js';

/** `to-subscribers`: for readers that the operator allows; the control plane is none of them. */
export type Direction = 'to-device' | 'to-server' | 'to-all-devices' | 'to-subscribers';

interface MessageSpec {
  /** Each `{parameter}` stands for one topic level; `topics.ts` says what may stand there. */
  readonly topic: string;
  readonly direction: Direction;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly maxBytes: number;
  /** JSON messages have a schema; `null` means opaque bytes. */
  readonly schema: z.ZodType | null;
}

/** Every MQTT message there is. Types, topics, subscriptions and the broker's access rules derive from this table. */
export const MESSAGES = {
  desired: {
    topic: 'hamon/v1/{fleet}/device/{device}/desired/{model}',
    direction: 'to-device',
    qos: 1,
    retain: true,
    maxBytes: 128 * 1024,
    schema: GeneralJws,
  },
  /** For agents of the former release, which run one model. */
  desiredSingle: {
    topic: 'hamon/v1/{fleet}/device/{device}/desired',
    direction: 'to-device',
    qos: 1,
    retain: true,
    maxBytes: 128 * 1024,
    schema: GeneralJws,
  },
  /** One for the whole device. An empty one says nothing: only a signed one takes back what was sent before. */
  config: {
    topic: 'hamon/v1/{fleet}/device/{device}/config',
    direction: 'to-device',
    qos: 1,
    retain: true,
    maxBytes: 128 * 1024,
    schema: GeneralJws,
  },
  reported: {
    topic: 'hamon/v1/{fleet}/device/{device}/reported',
    direction: 'to-server',
    qos: 1,
    retain: true,
    maxBytes: 256 * 1024,
    schema: ReportedState,
  },
  presence: {
    topic: 'hamon/v1/{fleet}/device/{device}/presence',
    direction: 'to-server',
    qos: 1,
    retain: true,
    maxBytes: 1024,
    schema: Presence,
  },
  telemetry: {
    topic: 'hamon/v1/{fleet}/device/{device}/telemetry',
    direction: 'to-server',
    qos: 1,
    retain: false,
    maxBytes: 192 * 1024,
    schema: TelemetryWindow,
  },
  event: {
    topic: 'hamon/v1/{fleet}/device/{device}/event',
    direction: 'to-server',
    qos: 1,
    retain: false,
    maxBytes: 4 * 1024,
    schema: DeviceEvent,
  },
  command: {
    topic: 'hamon/v1/{fleet}/device/{device}/command',
    direction: 'to-device',
    qos: 1,
    retain: false,
    maxBytes: 128 * 1024,
    schema: GeneralJws,
  },
  reply: {
    topic: 'hamon/v1/{fleet}/device/{device}/reply',
    direction: 'to-server',
    qos: 1,
    retain: false,
    maxBytes: 128 * 1024,
    schema: DeviceReply,
  },
  results: {
    topic: 'hamon/v1/{fleet}/device/{device}/results',
    direction: 'to-subscribers',
    qos: 1,
    retain: false,
    maxBytes: 64 * 1024,
    schema: ResultRecord,
  },
  chunk: {
    topic: 'hamon/v1/{fleet}/chunk/{sha256}',
    direction: 'to-all-devices',
    qos: 1,
    retain: true,
    maxBytes: MAX_CHUNK_BYTES,
    schema: null,
  },
} as const satisfies Record<string, MessageSpec>;

export type MessageName = keyof typeof MESSAGES;
type Row<N extends MessageName> = (typeof MESSAGES)[N];

/** The parameters in the topic of one message. */
export type TopicParameter<N extends MessageName = MessageName> = ParameterOf<Row<N>['topic']>;

export type JsonMessageName = {
  [N in MessageName]: Row<N>['schema'] extends null ? never : N;
}[MessageName];
export type MessageOf<N extends JsonMessageName> = z.infer<Row<N>['schema']>;

/** What devices send to the control plane. */
export type ToServerName = {
  [N in MessageName]: Row<N>['direction'] extends 'to-server' ? N : never;
}[MessageName];

export const messageSpec = (name: MessageName): MessageSpec => MESSAGES[name];

export const MESSAGE_NAMES = Object.keys(MESSAGES) as readonly MessageName[];

/** What the control plane has to handle. */
export const TO_SERVER_NAMES = MESSAGE_NAMES.filter(
  (name): name is ToServerName => messageSpec(name).direction === 'to-server',
);

export const isJsonMessage = (name: MessageName): name is JsonMessageName =>
  messageSpec(name).schema !== null;

/** Does a device send it? */
export const isFromDevice = (name: MessageName): boolean => {
  const { direction } = messageSpec(name);
  return direction === 'to-server' || direction === 'to-subscribers';
};

/** Does a device subscribe to it? */
export const isToDevice = (name: MessageName): boolean => {
  const { direction } = messageSpec(name);
  return direction === 'to-device' || direction === 'to-all-devices';
};

/** The largest MQTT packet that is sent: payload, topic and fixed header. */
export const MAX_PACKET_BYTES = Math.max(...Object.values(MESSAGES).map(({ maxBytes }) => maxBytes)) + 1024;
