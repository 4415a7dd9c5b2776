import {
  decodeMessage,
  DEFAULT_DEVICE_POLICY,
  type DevicePolicy,
  type TelemetryWindow,
} from '@hamon/contracts';
import pino from 'pino';
import { Secrets } from '../../../src/adapters/secrets.js';
import { Conditions } from '../../../src/conditions.js';
import { AgentConfig } from '../../../src/config.js';
import { FrameCounters } from '../../../src/data/frame-counters.js';
import type { ResultPublisher } from '../../../src/data/sinks/mqtt-sink.js';
import { DataPlane } from '../../../src/data-plane.js';

/** Edge only. */
export const EDGE_POLICY: DevicePolicy = {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
};

const NO_BROKER: ResultPublisher = { isConnected: false, publish: () => Promise.resolve() };

export interface TestPlane {
  readonly plane: DataPlane;
  readonly windows: TelemetryWindow[];
  readonly counters: FrameCounters;
  readonly conditions: Conditions;
  readonly events: string[];
  /** Which stream each of the events is about. */
  readonly eventStreams: (string | undefined)[];
  /** The device's earliest model, which answers streams that name none. */
  earliest: string | null;
}

/** A whole data plane, whose windows are read as the control plane would read them. */
export function testPlane(config: Record<string, unknown> = {}): TestPlane {
  const windows: TelemetryWindow[] = [];
  const events: string[] = [];
  const eventStreams: (string | undefined)[] = [];
  const counters = new FrameCounters();
  const now = (): Date => new Date();
  const conditions = new Conditions(now, () => undefined);
  const test: TestPlane = {
    ...{ windows, events, eventStreams, counters, conditions, earliest: null },
    plane: new DataPlane({
      ...{ fleet: 'acme', device: 'camera', config: AgentConfig.parse(config), counters, now },
      ...{ stateFolder: '/nonexistent', secrets: new Secrets('/nonexistent', {}) },
      ...{ serverUrl: 'http://127.0.0.1:9', apiToken: () => Promise.resolve('none') },
      ...{ publisher: NO_BROKER, tellCondition: conditions.tell, conditions: () => conditions.list() },
      outbox: {
        add: ({ bytes }) => {
          const window = decodeMessage('telemetry', bytes);
          if (!window.ok) throw new Error(window.error.detail);
          windows.push(window.value);
          return Promise.resolve();
        },
      },
      tell: (kind, { detail = '', stream }) => {
        events.push(`${kind}: ${detail}`);
        eventStreams.push(stream);
      },
      modelOf: () => test.earliest,
      isOffered: () => true,
      onWindow: () => undefined,
      log: pino({ level: 'silent' }),
    }),
  };
  return test;
}
