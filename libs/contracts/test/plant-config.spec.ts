import { describe, expect, it } from 'vitest';
import { describeProblems, DeviceConfig, fieldProblems, PushedConfig } from '../src/index.js';

const source = { kind: 'ffmpeg', pattern: 'testsrc' };
const stream = (more: object) => ({ streams: [{ name: 'cell', source, ...more }] });

const problemOf = (config: object): string => {
  const parsed = DeviceConfig.safeParse(config);
  return parsed.success ? 'none' : describeProblems(fieldProblems(parsed.error));
};
const ofSink = (sink: object): string => problemOf(stream({ sinks: [sink] }));
const ofTrigger = (trigger: object): string => problemOf(stream({ trigger }));

/** "field what is wrong" as a refusal has it. */
const field = (why: string): string => why.replace(' ', ': ');

const broker = { url: 'mqtts://plant.example' };
const mqtt = { kind: 'plant-mqtt', broker };
const modbus = { kind: 'modbus', host: '10.0.0.5' };
const coils = [{ address: 1, value: 'defect' }];

describe('connections to the plant, as a configuration names them', () => {
  it('are taken as the manual has them', () => {
    const password = { secret: 'plant' };
    const known = { ...broker, user: 'cam', password, ca: 'ca.pem', certificate: 'c.pem', key: 'k.pem' };
    const trigger = { kind: 'mqtt', broker: known, topic: 'line/1/trigger', answerTopic: 'line/1/answer' };
    const sparkplug = { ...mqtt, format: 'sparkplug-b', group: 'Werk Süd', node: 'cell 7' };
    const sinks = [mqtt, sparkplug, { ...modbus, coils }];
    expect(problemOf(stream({ trigger, sinks }))).toBe('none');
    expect(ofTrigger({ ...modbus, coil: 7, reset: true, done: 8 })).toBe('none');
    expect(ofSink({ ...mqtt, broker: { url: 'mqtt://127.0.0.1:1883' } })).toBe('none');
    expect(ofSink({ ...mqtt, broker: { url: 'mqtt://plant', insecure: true } })).toBe('none');
  });

  it.each([
    [{ url: 'mqtt://plant' }, 'url is not encrypted: use mqtts:// outside of this machine'],
    [{ url: 'mqtts://cam:secret@plant' }, 'url must not hold a user name or password'],
    [{ ...broker, user: 'cam', password: 'secret' }, 'password must be {"secret": NAME}'],
    [{ ...broker, password: { secret: 'plant' } }, 'user is needed with a password'],
    [{ ...broker, certificate: 'c.pem' }, 'key is needed with a certificate'],
    [{ ...broker, key: 'k.pem' }, 'certificate is needed with a key'],
    [{ url: 'mqtt://127.0.0.1', ca: 'ca.pem' }, 'url must begin with mqtts:// where ca'],
    [{ url: 'https://plant' }, 'url must be an address that begins with mqtt:// or mqtts://'],
    [{ ...broker, statusTopic: 'a/#' }, 'statusTopic must be a topic without + and #'],
  ])('are refused as %j', (row, why) => {
    expect(ofSink({ ...mqtt, broker: row })).toContain(`streams.0.sinks.0.broker.${field(why)}`);
    expect(ofTrigger({ kind: 'mqtt', topic: 'a', broker: row })).toContain(
      `streams.0.trigger.broker.${field(why)}`,
    );
  });

  it.each([
    [{ ...mqtt, format: 'sparkplug-b', retain: true }, 'retain is of JSON'],
    [
      { ...mqtt, format: 'sparkplug-b', broker: { ...broker, statusTopic: 's' } },
      'broker.statusTopic is of JSON',
    ],
    [{ ...mqtt, format: 'sparkplug-b', group: 'a/b' }, 'group must be 1-100 characters without "/"'],
    [{ ...mqtt, topic: '$SYS/x' }, 'topic must not begin with "$"'],
    [modbus, 'coils must name what is written'],
    [{ ...modbus, coils: [...coils, { address: 1, value: 'ok' }] }, 'coils.1.address 1 is written twice'],
    [{ ...modbus, coils: [{ address: 1, value: 'label:' }] }, 'coils.0.value must be one of defect, ok'],
    [
      { ...modbus, registers: [{ address: 65_535, value: 'count', type: 'int32' }] },
      'registers.0.address has no room for 32 bits',
    ],
    [
      {
        ...modbus,
        registers: [
          { address: 10, value: 'count', type: 'float32' },
          { address: 11, value: 'score' },
        ],
      },
      'registers.1.address 11 is written twice',
    ],
  ])('refuse what cannot be written: %j', (sink, why) => {
    expect(ofSink(sink)).toContain(`streams.0.sinks.0.${field(why)}`);
  });

  it.each([
    [{ ...modbus, coil: 7, input: 'discrete', reset: true }, 'reset is of coils'],
    [{ ...modbus, coil: 7, done: 7 }, 'done must be another coil than the trigger'],
    [{ kind: 'mqtt', broker, topic: 'line/+' }, 'topic must be a topic without + and #'],
  ])('refuse a trigger that cannot work: %j', (trigger, why) => {
    expect(ofTrigger(trigger)).toContain(`streams.0.trigger.${field(why)}`);
  });
});

describe('what several streams name', () => {
  const inTwo = (first: object, second: object): string =>
    problemOf({
      streams: [
        { name: 'a', source, ...first },
        { name: 'b', source, ...second },
      ],
    });
  const sinksInTwo = (first: object, second: object): string =>
    inTwo({ sinks: [first] }, { sinks: [second] });

  const webhook = { kind: 'webhook', url: 'https://mes.example', secret: { secret: 'mes' } };
  const opcua = { kind: 'opcua', user: 'scada', password: { secret: 'opcua' } };
  const sparkplug = { ...mqtt, format: 'sparkplug-b' };
  const named = { ...broker, clientId: 'cam-7' };
  const written = { ...modbus, coils };

  it.each([
    [webhook, { ...webhook, when: 'defect', holdMs: 2000 }],
    [webhook, { ...webhook, secret: { secret: 'other' }, maxMb: 1 }],
    [opcua, { ...opcua, when: 'change' }],
    [opcua, { ...opcua, port: 4841, host: '0.0.0.0' }],
    [written, { ...written, when: 'defect' }],
    [written, { ...modbus, coils: [{ address: 2, value: 'defect' }] }],
    [written, { ...written, unit: 2, aliveMs: 100 }],
    [written, { ...modbus, registers: [{ address: 1, value: 'count' }] }],
    [
      { ...mqtt, broker: named },
      { ...mqtt, broker: named, topic: 'other', qos: 0 },
    ],
  ])('may be the same, or apart: %j and %j', (first, second) => {
    expect(sinksInTwo(first, second)).toBe('none');
  });

  it.each([
    [webhook, { ...webhook, maxMb: 1 }, 'maxMb is 16 for the same receiver in'],
    [{ ...webhook, timeoutMs: 100 }, webhook, 'timeoutMs is 100 for the same receiver in'],
    [opcua, { ...opcua, host: '0.0.0.0' }, 'host is 127.0.0.1 for the same port in'],
    [{ kind: 'opcua' }, opcua, 'password is left out for the same port in'],
    [written, { ...written, aliveMs: 100 }, 'coils.0.address 1 is written by'],
    [
      { ...modbus, registers: [{ address: 9, value: 'count', type: 'uint32' }] },
      { ...modbus, registers: [{ address: 10, value: 'score' }] },
      'registers.0.address 10 is written by',
    ],
    [
      { ...mqtt, broker: named },
      { ...sparkplug, broker: named },
      'broker.clientId is that of another connection with the same broker, in',
    ],
    [
      { ...sparkplug, broker: named, node: 'one' },
      { ...sparkplug, broker: named, node: 'two' },
      'broker.clientId is that of another connection',
    ],
  ])('is refused where they disagree: %j and %j', (first, second, why) => {
    const problem = sinksInTwo(first, second);
    expect(problem).toContain(`streams.1.sinks.0.${field(why)}`);
    expect(problem).toContain('streams.0.sinks.0');
  });

  it('is a client of a broker too, of a sink and of a trigger', () => {
    const sinks = [{ ...mqtt, broker: { ...named, statusTopic: 'up' } }];
    const trigger = { kind: 'mqtt', broker: named, topic: 'line/1' };
    expect(inTwo({ sinks }, { trigger })).toContain('streams.1.trigger.broker.clientId: is that of another');
    expect(inTwo({ sinks: [{ ...mqtt, broker: named }] }, { trigger })).toBe('none');
  });
});

describe('a configuration from the centre', () => {
  const pushed = (config: object): string => {
    const parsed = PushedConfig.safeParse(config);
    return parsed.success ? 'none' : describeProblems(fieldProblems(parsed.error));
  };
  const clear = { url: 'mqtt://plant', insecure: true };
  const webhook = { kind: 'webhook', url: 'http://mes.example', secret: { secret: 'mes' }, insecure: true };

  it.each([
    [stream({ sinks: [{ ...mqtt, broker: clear }] }), 'streams.0.sinks.0.broker.insecure'],
    [stream({ trigger: { kind: 'mqtt', broker: clear, topic: 'a' } }), 'streams.0.trigger.broker.insecure'],
    [stream({ sinks: [webhook] }), 'streams.0.sinks.0.insecure'],
    [{ source, sinks: [webhook] }, 'sinks.0.insecure'],
    [stream({ sinks: [{ kind: 'opcua', host: '0.0.0.0', insecure: true }] }), 'streams.0.sinks.0.insecure'],
  ])('sends no secret in clear: %j', (config, where) => {
    expect(pushed(config)).toContain(`${where}: is of the device’s own file alone`);
    expect(problemOf(config)).toBe('none');
  });

  it('may name receivers that are reached with encryption, or on the device itself', () => {
    const sinks = [
      { ...mqtt, broker: { url: 'mqtt://127.0.0.1' } },
      { ...webhook, url: 'https://mes', insecure: false },
    ];
    expect(pushed(stream({ sinks }))).toBe('none');
  });
});
