import { expect, test } from 'vitest';
import { isUnencrypted } from '../src/index.js';

test.each([
  ['http://hamon.example:8080', true],
  ['http://10.0.0.1', true],
  ['mqtt://10.0.0.7:1883', true],
  ['tcp://broker', true],
  ['https://hamon.example', false],
  ['mqtts://broker:8883', false],
  ['ssl://broker', false],
  ['http://localhost:8080', false],
  ['http://127.0.0.1:8080', false],
  ['mqtt://[::1]:1883', false],
  ['http://127.0.0.1.example.com', true],
])('%s: in the clear over a network: %s', (url, expected) => expect(isUnencrypted(url)).toBe(expected));
