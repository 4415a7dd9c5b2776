import { expect, test } from 'vitest';
import { aclFile } from '../../src/messaging/mosquitto-files.js';

const device = (name: string, fleet: string) => ({ name, fleet, hash: '' });

test('a device is granted the chunks of its own fleet, and nobody is granted them by a pattern', () => {
  const lines = aclFile(
    [device('cam-1', 'osaka'), device('cam-2', 'kyoto'), device('cam-3', 'osaka')],
    'hub',
  ).split('\n');
  const granted = new Map<string, string[]>();
  let user = '';
  for (const line of lines) {
    if (line.startsWith('user ')) user = line.slice('user '.length);
    if (line.startsWith('topic ')) granted.set(user, [...(granted.get(user) ?? []), line]);
  }
  expect(Object.fromEntries(granted)).toEqual({
    hub: ['topic readwrite hamon/#'],
    'cam-1': ['topic read hamon/v1/osaka/chunk/+'],
    'cam-2': ['topic read hamon/v1/kyoto/chunk/+'],
    'cam-3': ['topic read hamon/v1/osaka/chunk/+'],
  });
  const patterns = lines.filter((line) => line.startsWith('pattern '));
  expect(patterns.every((line) => line.includes('/device/%u/'))).toBe(true);
  expect(new Set(patterns).size).toBe(patterns.length);
});
