import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  accessRules,
  chunkTopic,
  deviceTopic,
  MESSAGES,
  mayPublish,
  maySubscribe,
  parseTopic,
  serverSubscriptions,
  type DeviceMessageName,
} from '../src/index.js';

const SHA = 'c'.repeat(64);
const DEVICE_MESSAGES = Object.keys(MESSAGES).filter((name) => name !== 'chunk') as DeviceMessageName[];
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?$/);

test('every topic can be read back', () => {
  fc.assert(
    fc.property(fc.constantFrom(...DEVICE_MESSAGES), name, name, (message, fleet, device) => {
      expect(parseTopic(deviceTopic(message, fleet, device))).toEqual({ name: message, fleet, device });
    }),
  );
  expect(parseTopic(chunkTopic('f', SHA))).toEqual({ name: 'chunk', fleet: 'f', sha256: SHA });
});

test.each([
  '',
  '#',
  '+',
  'hamon/v1/f/device/d',
  'hamon/v1/f/device/+/desired',
  'hamon/v1/f/chunk/#',
  'hamon/v2/f/device/d/event',
  '$SYS/broker',
])('topic "%s" is none of ours', (topic) => expect(parseTopic(topic)).toBeUndefined());

describe('a device', () => {
  const table: readonly (readonly [string, boolean, boolean])[] = [
    // topic, may publish, may subscribe
    [deviceTopic('desired', 'f', 'd'), false, true],
    [deviceTopic('reported', 'f', 'd'), true, false],
    [deviceTopic('presence', 'f', 'd'), true, false],
    [deviceTopic('telemetry', 'f', 'd'), true, false],
    [deviceTopic('event', 'f', 'd'), true, false],
    [deviceTopic('results', 'f', 'd'), true, false],
    [deviceTopic('command', 'f', 'd'), false, true],
    [deviceTopic('reply', 'f', 'd'), true, false],
    [deviceTopic('command', 'f', 'other'), false, false],
    [deviceTopic('reply', 'f', 'other'), false, false],
    [chunkTopic('f', SHA), false, true],
    [chunkTopic('other', SHA), false, false],
    [deviceTopic('desired', 'f', 'other'), false, false],
    [deviceTopic('reported', 'f', 'other'), false, false],
    [deviceTopic('reported', 'other', 'd'), false, false],
    ['hamon/v1/f/chunk/+', false, false],
    ['hamon/v1/f/device/d/#', false, false],
    ['#', false, false],
  ];
  test.each(table)('%s: publish %s, subscribe %s', (topic, publish, subscribe) => {
    expect(mayPublish('f', 'd', topic)).toBe(publish);
    expect(maySubscribe('f', 'd', topic)).toBe(subscribe);
  });

  test('never reaches the topics of another, whatever it asks for', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom(...DEVICE_MESSAGES), (mine, theirs, message) => {
        fc.pre(mine !== theirs);
        const topic = deviceTopic(message, 'f', theirs);
        expect(mayPublish('f', mine, topic) || maySubscribe('f', mine, topic)).toBe(false);
      }),
    );
  });
});

test('the control plane subscribes to what devices send, and to nothing else', () => {
  expect(serverSubscriptions().sort()).toEqual([
    'hamon/v1/+/device/+/event',
    'hamon/v1/+/device/+/presence',
    'hamon/v1/+/device/+/reply',
    'hamon/v1/+/device/+/reported',
    'hamon/v1/+/device/+/telemetry',
  ]);
});

test('access rules for a broker name the same topics', () => {
  const rules = accessRules('f', '%u');
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/device/%u/desired' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/telemetry' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/results' });
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/device/%u/command' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/reply' });
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/chunk/+' });
  expect(rules).toHaveLength(Object.keys(MESSAGES).length);
});
