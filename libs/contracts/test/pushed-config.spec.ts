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

describe('an address in a configuration from the centre', () => {
  const fieldsOf = (config: object): string[] =>
    PushedConfig.safeParse(config).error?.issues.map(({ path }) => path.join('.')) ?? [];
  const camera = (url: string) => ({ source: { kind: 'ffmpeg', url } });

  it.each([
    'rtsp://cam/a?user=admin&password=x',
    'http://cam/videostream.cgi?loginuse=u&loginpas=x',
    'http://cam/v?PWD=x',
    'https://cam/v?access_token=x&n=1',
  ])('holds no secret in its query: %s', (url) => {
    expect(fieldsOf(camera(url))).toEqual(['source.url']);
    const sinks = [{ kind: 'webhook', url: url.replace(/^\w+/, 'https'), secret: { secret: 'a' } }];
    expect(fieldsOf({ sinks })).toEqual(['sinks.0.url']);
  });

  it.each(['rtsp://cam/a?channel=1&subtype=0', 'rtsp://cam/a?passive=1', 'rtsp://cam/tokens?x=pwd'])(
    'may have a query: %s',
    (url) => {
      expect(fieldsOf(camera(url))).toEqual([]);
    },
  );

  it.each([
    'http://cam.plant\\x.evil.example/s',
    'rtsp://cam.plant#@evil.example/',
    'rtsp://cam.plant/a b',
    'rtsp://cam\t.plant/',
    'rtsp://cam.plant/\n',
  ])('is read by all alike: %j', (url) => {
    expect(fieldsOf(camera(url))).toEqual(['source.url']);
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
