import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogsReply, MAX_LOG_BYTES, MAX_LOG_LINES, encodeMessage } from '@hamon/contracts';
import { LogRing } from '../src/log-ring.js';

const text = fc.string({ unit: 'binary', maxLength: 6000 });

test('the newest lines are told in order, and always fit into one reply', () => {
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 80 }),
      fc.integer({ min: 1, max: MAX_LOG_LINES }),
      (lines, count) => {
        const ring = new LogRing();
        for (const line of lines) ring.add(line);
        const told = ring.newest(count, MAX_LOG_BYTES);
        expect(told.length).toBeLessThanOrEqual(count);
        const kept = lines.map((line) => line.trimEnd().slice(0, 4096)).filter((line) => line !== '');
        expect(kept.slice(kept.length - told.length)).toEqual(told);
        const reply = LogsReply.parse({
          ...{ schema: 'hamon.reply/1', id: '7f1d2b8e-52f6-4b0e-9f0e-2d6d4a0f6c11', device: 'd' },
          ...{ at: '2026-03-01T12:00:00.000Z', kind: 'logs', state: 'succeeded', reason: null, lines: told },
        });
        expect(() => encodeMessage('reply', reply)).not.toThrow();
      },
    ),
  );
});

test('a flood of lines takes no more memory than the newest ones', () => {
  const ring = new LogRing();
  for (let i = 0; i < 10_000; i++) ring.add(`${i} ${'x'.repeat(1000)}`);
  const told = ring.newest(MAX_LOG_LINES, Infinity);
  expect(told.at(-1)).toMatch(/^9999 /);
  expect(told.join('').length).toBeLessThanOrEqual(512 * 1024);
});

test('a secret that the device has used is in no line that is told, in none of its forms', () => {
  const secret = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 20 });
  fc.assert(
    fc.property(secret, fc.string({ maxLength: 5000 }), fc.boolean(), (value, before, isEarly) => {
      fc.pre(!value.includes('*') && value.trim() === value && !before.includes(value));
      const ring = new LogRing();
      const lines = [value, JSON.stringify({ msg: value }), `rtsp://u:${encodeURIComponent(value)}@camera/`];
      if (isEarly) ring.hide(value);
      for (const line of lines) ring.add(`${before} ${line}`);
      ring.hide(value);
      for (const line of ring.newest(10, Infinity)) expect(line).not.toContain(value);
    }),
  );
});

test('a secret that another one is part of leaves no rest, and those used last are the ones that are known', () => {
  const ring = new LogRing();
  ring.hide('pass');
  ring.hide('pass-of-camera-2');
  ring.add('rtsp says pass-of-camera-2');
  for (let i = 0; i < 1000; i++) ring.hide(`rotated-${i}`);
  ring.add('now it is rotated-999');
  expect(ring.newest(10, Infinity)).toEqual(['rtsp says ***', 'now it is ***']);
});

test('lines of the run before come first', () => {
  const ring = new LogRing();
  ring.add('now');
  ring.begin(['before', '']);
  expect(ring.newest(10, 1000)).toEqual(['before', 'now']);
});
