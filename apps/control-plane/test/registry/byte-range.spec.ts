import { describe, expect, test } from 'vitest';
import { parseRange } from '../../src/registry/byte-range.js';

describe('parseRange', () => {
  test.each([
    [undefined, 100, undefined],
    ['bytes=0-9', 100, { first: 0, last: 9 }],
    ['bytes=90-', 100, { first: 90, last: 99 }],
    ['bytes=90-200', 100, { first: 90, last: 99 }],
    ['bytes=-10', 100, { first: 90, last: 99 }],
    ['bytes=-200', 100, { first: 0, last: 99 }],
    ['bytes=99-99', 100, { first: 99, last: 99 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=-0', 100, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=9-3', 100, undefined],
    ['bytes=0-1,5-6', 100, undefined],
    ['lines=0-9', 100, undefined],
    ['bytes=-', 100, undefined],
  ])('%s of %i bytes', (header, length, expected) => {
    expect(parseRange(header, length)).toEqual(expected);
  });
});
