import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, isJsonMessage, MESSAGE_NAMES, messageSpec } from '../src/index.js';
import { goldenMessages } from './golden-messages.js';

const NAMES = MESSAGE_NAMES.filter(isJsonMessage);

describe('golden messages', () => {
  test.each(goldenMessages())('$file', ({ name, valid, bytes }) => {
    const decoded = decodeMessage(name, bytes);
    expect(decoded.ok).toBe(valid);
    if (!decoded.ok) {
      expect(decoded.error.detail).toMatch(new RegExp(`^${name}: .+`));
      return;
    }
    // What one side decodes, the other can encode again without loss.
    const again = decodeMessage(name, encodeMessage(name, decoded.value));
    expect(again).toEqual(decoded);
  });

  test('cover every message that is JSON', () => {
    const covered = new Set(
      goldenMessages()
        .filter(({ valid }) => valid)
        .map(({ name }) => name),
    );
    expect([...covered].sort()).toEqual([...NAMES].sort());
  });
});

describe('decodeMessage', () => {
  test.each(NAMES)('%s: never throws, whatever the bytes', (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeMessage(name, bytes).ok).toBe(false);
      }),
    );
  });

  test.each(NAMES)('%s: refuses any JSON that is not its schema', (name) => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const decoded = decodeMessage(name, new TextEncoder().encode(JSON.stringify(value)));
        expect(decoded.ok).toBe(false);
      }),
    );
  });

  test('a message above its size limit is refused before it is parsed', () => {
    const bytes = new Uint8Array(messageSpec('event').maxBytes + 1).fill(0x20);
    const decoded = decodeMessage('event', bytes);
    expect(decoded).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  test('names the field and the rule', () => {
    const golden = goldenMessages().find(({ file }) => file === 'telemetry.invalid.negative-count.json');
    const decoded = decodeMessage('telemetry', golden?.bytes ?? new Uint8Array());
    expect(decoded).toMatchObject({ ok: false, error: { code: 'wrong-schema' } });
    expect(decoded.ok ? '' : decoded.error.detail).toContain('errors:');
  });
});
