import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlationOf, MAX_CORRELATION } from '../../../src/data/triggers/correlation-of.js';

const of = (text: string): unknown => {
  const found = correlationOf(Buffer.from(text));
  return found instanceof Error ? found.message : found;
};

describe('the correlation of a trigger', () => {
  it.each([
    ['', {}],
    ['  \n', {}],
    ['part-7', { correlation: 'part-7' }],
    ['4711', { correlation: '4711' }],
    ['{"correlation": "a b"}', { correlation: 'a b' }],
    ['{"correlation": 12, "line": 3}', { correlation: '12' }],
    ['{"line": 3}', {}],
    ['{"correlation": ""}', {}],
    ['{"correlation": [1]}', 'correlation must be a text or a number'],
    ['{"correlation"', 'it begins like a JSON object and is none'],
    ['x'.repeat(257), 'its correlation has 257 characters, at most 256 are kept'],
    ['x'.repeat(20_000), 'it has 20000 bytes, at most 16384 are read'],
  ])('%# of %j', (text, expected) => expect(of(text)).toEqual(expected));

  it('is text of a bounded length, or the message is refused', () => {
    expect(correlationOf(Buffer.from([0xff, 0xfe]))).toEqual(new Error('it is no text'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const found = correlationOf(bytes);
        if (found instanceof Error) return;
        expect((found.correlation ?? '').length).toBeLessThanOrEqual(MAX_CORRELATION);
      }),
    );
  });
});
