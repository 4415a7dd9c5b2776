import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { matchesSelector, parseSelector } from '../src/index.js';

const DEVICE = { id: 'cam-1', site: 'osaka', line: 'b', arch: 'arm64', online: 'true' };

describe('matchesSelector', () => {
  const table: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['site=osaka', true],
    ['site=kyoto', false],
    ['site!=kyoto', true],
    ['missing!=kyoto', true],
    ['line in (a,b)', true],
    ['line in ( a , c )', false],
    ['line notin (a,c)', true],
    ['site=osaka,line in (a,b),arch=arm64,!retired', true],
    ['site=osaka,!online', false],
    ['online', true],
    ['toString', false],
    ['id=cam-1', true],
  ];
  test.each(table)('"%s" → %s', (text, expected) => {
    const parsed = parseSelector(text);
    if (!parsed.ok) return expect(text).toBe('toString');
    return expect(matchesSelector(parsed.value, DEVICE)).toBe(expected);
  });

  test('inherited properties are no labels', () => {
    expect(matchesSelector([{ kind: 'has', key: 'constructor', negated: false }], DEVICE)).toBe(false);
  });

  test('a condition and its negation never both hold', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('site', 'line', 'shelf'),
        fc.constantFrom('osaka', 'b', 'x'),
        (key, value) => {
          const of = (negated: boolean) =>
            matchesSelector([{ kind: 'in', key, values: [value], negated }], DEVICE);
          expect(of(true)).toBe(!of(false));
        },
      ),
    );
  });
});

test.each([
  'site=',
  '=osaka',
  'site=osaka,',
  'line in ()',
  'line in (a',
  'a b',
  'site==osaka',
  "x='; drop table devices",
])('refuses "%s" with a sentence', (text) => {
  const parsed = parseSelector(text);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.error).toMatch(/cannot read|empty condition/);
});

test('refuses a selector that is too long', () => {
  expect(parseSelector('a'.repeat(1001)).ok).toBe(false);
});
