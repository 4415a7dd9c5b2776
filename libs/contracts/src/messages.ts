import type { z } from 'zod';
import { MAX_CHUNK_BYTES } from './bundle-index.js';
import { DeviceEvent, Presence, ReportedState } from './device-messages.js';
import { GeneralJws } from './manifest.js';
import { TelemetryWindow } from './window.js';

export type Direction = 'to-device' | 'to-server' | 'to-all-devices';

interface MessageSpec {
  /** `{fleet}`, `{device}` and `{sha256}` stand for one topic level each. */
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
    topic: 'hamon/v1/{fleet}/device/{device}/desired',
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
    maxBytes: 160 * 1024,
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
export type JsonMessageName = Exclude<MessageName, 'chunk'>;
export type MessageOf<N extends JsonMessageName> = z.infer<(typeof MESSAGES)[N]['schema']>;
export type DeviceMessageName = Exclude<MessageName, 'chunk'>;

export const messageSpec = (name: MessageName): MessageSpec => MESSAGES[name];

/** The largest MQTT packet that anybody here sends: payload, topic and fixed header. */
export const MAX_PACKET_BYTES = Math.max(...Object.values(MESSAGES).map(({ maxBytes }) => maxBytes)) + 1024;
