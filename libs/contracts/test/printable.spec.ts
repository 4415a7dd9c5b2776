import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { printable, printableJson } from '../src/index.js';

describe('text of a peer', () => {
  it('is one line without a control character, and otherwise as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
        // Nothing is lost: unless it holds a backslash of its own, the text can be read back.
        if (!/[\\"]|\p{Surrogate}/u.test(text)) expect(JSON.parse(`"${shown}"`)).toBe(text);
      }),
    );
    expect(printable('Blåsa ✓ 日本')).toBe('Blåsa ✓ 日本');
    expect(printable('a\nb\tc\u001b[2Jd\u202e')).toBe('a\\nb\\tc\\u001b[2Jd\\u202e');
  });

  it('stays the same document where it is JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printableJson(JSON.stringify({ text }));
        expect(json).not.toMatch(/\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
