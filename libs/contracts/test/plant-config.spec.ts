import { describe, expect, it } from 'vitest';
import { describeProblems, DeviceConfig, fieldProblems } from '../src/index.js';

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
