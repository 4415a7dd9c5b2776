import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  accessRules,
  chunkTopic,
  desiredFilter,
  deviceTopic,
  MESSAGE_NAMES,
  MESSAGES,
  mayPublish,
  maySubscribe,
  parseTopic,
  serverSubscriptions,
  topicOf,
  type MessageName,
  type TopicParameter,
  type TopicParams,
} from '../src/index.js';

const SHA = 'c'.repeat(64);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?$/);
const LEVELS: Readonly<Record<TopicParameter | 'model', fc.Arbitrary<string>>> = {
  fleet: name,
  device: name,
  model: name,
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
};

const parametersOf = (message: MessageName): TopicParameter[] =>
  [...MESSAGES[message].topic.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter as TopicParameter);
const isOfDevice = (message: MessageName): boolean => parametersOf(message).includes('device');

/** Any values that the topic of this message can carry. */
const paramsOf = <N extends MessageName>(message: N): fc.Arbitrary<TopicParams<N>> =>
  fc.record(
    Object.fromEntries(parametersOf(message).map((parameter) => [parameter, LEVELS[parameter]])),
  ) as fc.Arbitrary<TopicParams<N>>;

describe.each(MESSAGE_NAMES)('the topic of %s', (message) => {
  test('is read back as it was made', () => {
    fc.assert(
      fc.property(paramsOf(message), (params) => {
        const topic = topicOf(message, params);
        const parsed = parseTopic(topic);
        expect(parsed).toEqual({ name: message, ...params });
        expect(topicOf(message, parsed as unknown as TopicParams<typeof message>)).toBe(topic);
      }),
    );
  });

  test('neither takes nor reads a level that could reach further', () => {
    const hostile = fc.constantFrom('', '+', '#', '/', 'a/b', 'a+', '#a', '..', 'a/../b', 'a\n', '$SYS', 'A');
    fc.assert(
      fc.property(
        paramsOf(message),
        fc.constantFrom(...parametersOf(message)),
        hostile,
        (params, level, value) => {
          expect(() => topicOf(message, { ...params, [level]: value })).toThrow(RangeError);
          const levels: Readonly<Record<string, string>> = { ...params, [level]: value };
          const forged = MESSAGES[message].topic.replace(/\{(\w+)\}/g, (_, key: string) => levels[key] ?? '');
          expect(parseTopic(forged)).toBeUndefined();
        },
      ),
    );
  });
});

test('a topic names its device or its chunk', () => {
  expect(deviceTopic('event', 'f', 'd')).toBe('hamon/v1/f/device/d/event');
  expect(chunkTopic('f', SHA)).toBe(`hamon/v1/f/chunk/${SHA}`);
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
    [topicOf('desired', { fleet: 'f', device: 'd', model: 'm' }), false, true],
    [desiredFilter('f', 'd'), false, true],
    [deviceTopic('desiredSingle', 'f', 'd'), false, true],
    [desiredFilter('f', 'other'), false, false],
    [desiredFilter('other', 'd'), false, false],
    ['hamon/v1/f/device/d/desired/#', false, false],
    ['hamon/v1/f/device/+/desired/m', false, false],
    [deviceTopic('reported', 'f', 'd'), true, false],
    [deviceTopic('presence', 'f', 'd'), true, false],
    [deviceTopic('telemetry', 'f', 'd'), true, false],
    [deviceTopic('event', 'f', 'd'), true, false],
    [deviceTopic('results', 'f', 'd'), true, false],
    [deviceTopic('command', 'f', 'd'), false, true],
    [deviceTopic('reply', 'f', 'd'), true, false],
    [deviceTopic('config', 'f', 'd'), false, true],
    [deviceTopic('config', 'f', 'other'), false, false],
    [deviceTopic('config', 'other', 'd'), false, false],
    [deviceTopic('command', 'f', 'other'), false, false],
    [deviceTopic('reply', 'f', 'other'), false, false],
    [chunkTopic('f', SHA), false, true],
    [chunkTopic('other', SHA), false, false],
    [topicOf('desired', { fleet: 'f', device: 'other', model: 'm' }), false, false],
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

  const anyDeviceTopic = fc
    .constantFrom(...MESSAGE_NAMES.filter(isOfDevice))
    .chain((message) => paramsOf(message).map((params) => ({ message, params: { ...params, fleet: 'f' } })))
    .map(
      ({ message, params }) => [topicOf(message, params), (params as { device?: string }).device] as const,
    );

  test('never reaches the topics of another, whatever it asks for', () => {
    fc.assert(
      fc.property(name, anyDeviceTopic, (mine, [topic, theirs]) => {
        fc.pre(mine !== theirs);
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
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/device/%u/desired/+' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/telemetry' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/results' });
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/device/%u/command' });
  expect(rules).toContainEqual({ access: 'write', topic: 'hamon/v1/f/device/%u/reply' });
  expect(rules).toContainEqual({ access: 'read', topic: 'hamon/v1/f/chunk/+' });
  expect(rules).toHaveLength(Object.keys(MESSAGES).length);
});
