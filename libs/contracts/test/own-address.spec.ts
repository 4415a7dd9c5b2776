import { describe, expect, it } from 'vitest';
import { describeProblems, DeviceConfig, fieldProblems } from '../src/index.js';

const problemOf = (url: string, http: object): string => {
  const sink = { kind: 'webhook', url, secret: { secret: 'mes' }, insecure: true };
  const parsed = DeviceConfig.safeParse({ http, streams: [{ name: 'a', sinks: [sink] }] });
  return parsed.success ? 'none' : describeProblems(fieldProblems(parsed.error));
};

describe('a webhook', () => {
  it.each([
    ['http://127.0.0.1:7070/v1/streams/a/trigger', {}],
    ['http://localhost:7070/', {}],
    ['http://LOCALHOST.:7070/', {}],
    ['http://127.1:7070/', {}],
    ['http://[::1]:7071/', { port: 7071 }],
    ['http://[::ffff:127.0.0.1]:7070/', {}],
    ['http://0.0.0.0:7070/', {}],
    ['http://localhost/', { port: 80 }],
    ['http://127.0.0.1:7070/', { host: '0.0.0.0' }],
    ['http://127.0.0.1:7070/', { host: '::' }],
    ['http://gateway.plant:7070/', { host: 'Gateway.plant' }],
  ])('does not lead to the agent itself: %s with http %j', (url, http) => {
    expect(problemOf(url, http)).toMatch(/^streams\.0\.sinks\.0\.url: is where this agent itself listens/);
  });

  it.each([
    ['http://127.0.0.1:8080/', {}],
    ['http://10.0.0.9:7070/', {}],
    ['http://127.0.0.1:7070/', { port: 7071 }],
    ['http://127.0.0.1:7070/', { host: '10.0.0.9' }],
    ['https://mes.plant/', { port: 80 }],
  ])('may lead elsewhere: %s with http %j', (url, http) => expect(problemOf(url, http)).toBe('none'));
});
