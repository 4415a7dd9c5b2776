import { describe, expect, it } from 'vitest';
import { configSecrets, PushedConfig } from '@hamon/contracts';

describe('a configuration from the centre', () => {
  it('that is nested deeper than can be written is refused in a sentence', () => {
    const depth = 28_000;
    const streams = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;
    const { error } = PushedConfig.safeParse({ streams });
    expect(error?.issues).toMatchObject([{ message: 'is nested too deeply' }]);
  });
});

describe('the secrets that a configuration names', () => {
  it('belong to the address beside them, wherever they stand', () => {
    const secret = (name: string) => ({ secret: name });
    const broker = { url: 'mqtts://Broker.plant:8883', user: 'u', password: secret('b') };
    const config = PushedConfig.parse({
      source: { kind: 'ffmpeg', url: 'rtsp://[2001:DB8::7]/a', user: 'u', password: secret('a') },
      streams: [
        {
          name: 's',
          trigger: { kind: 'mqtt', topic: 't', broker },
          source: { kind: 'directory', path: 'i' },
        },
        {
          name: 'c',
          source: { kind: 'command', program: 'p', width: 16, height: 16, env: { PIN: secret('c') } },
        },
      ],
      sinks: [
        { kind: 'webhook', url: 'https://mes.plant/x', secret: secret('d') },
        { kind: 'opcua', user: 'u', password: secret('e') },
        { kind: 'plant-mqtt', broker: { ...broker, password: secret('f') } },
      ],
    });
    expect(configSecrets(config).map(({ secret, host, field }) => [secret, host, field.join('.')])).toEqual([
      ['a', '2001:db8::7', 'source.password'],
      ['d', 'mes.plant', 'sinks.0.secret'],
      ['e', undefined, 'sinks.1.password'],
      ['f', 'broker.plant', 'sinks.2.broker.password'],
      ['b', 'broker.plant', 'streams.0.trigger.broker.password'],
      ['c', undefined, 'streams.1.source.env.PIN'],
    ]);
  });
});
