import { describe, expect, it } from 'vitest';
import { formatProcessName, isSameProcess, parseProcessName, type ProcessName } from '../src/process-name.js';

const name = (parts: Partial<ProcessName>): ProcessName => ({
  ...{ pid: 7, start: '100', boot: 'abcdef01', birth: '' },
  ...parts,
});

describe('the name of a process', () => {
  it('is read as it was written', () => {
    for (const parts of [{ birth: '1724000000000123' }, { start: '', boot: '', birth: '5' }, {}]) {
      const named = name(parts);
      expect(parseProcessName(formatProcessName(named))).toEqual(named);
    }
  });

  it('fits into a link that takes no space', () => {
    const longest = name({ pid: 4_194_304, start: '99999999999', birth: '9999999999999999' });
    expect(formatProcessName(longest).length).toBeLessThan(60);
  });

  it.each([
    ['7.100.abcdef01', name({})],
    ['7..', name({ start: '', boot: '' })],
    ['7 100', name({ boot: '' })],
    ['7', name({ start: '', boot: '' })],
  ])('is read in the earlier form %j', (text, named) => {
    expect(parseProcessName(text)).toEqual(named);
  });

  it.each(['', '7.', '7.100', '-7.100.ab.5', '7.100.ab.5.6', '7.x.ab.5', '{"pid":7}', '7 100\n'])(
    'is not %j',
    (text) => {
      expect(parseProcessName(text)).toBeUndefined();
    },
  );
});

describe('a process with the number of a named one', () => {
  const BIRTH = '1724000000000123';
  it.each<[string, boolean, Partial<ProcessName>, Partial<ProcessName>]>([
    ['the same start and boot', true, { birth: BIRTH }, {}],
    ['another start', false, { birth: BIRTH }, { start: '101' }],
    ['another boot', false, { birth: BIRTH }, { boot: 'abcdef02' }],
    ['nothing to tell it by', true, { birth: BIRTH }, { start: '', boot: '' }],
    ['nothing to tell the named one by', true, { start: '', boot: '' }, {}],
    ['the same birth', true, { birth: BIRTH }, { birth: BIRTH }],
    ['all but the same birth', false, { birth: BIRTH }, { birth: '1724000000000124' }],
    ['a birth that an earlier form does not tell', false, {}, { birth: BIRTH }],
    [
      'the same number alone, and another birth',
      false,
      { start: '', boot: '', birth: BIRTH },
      { start: '', boot: '', birth: '5' },
    ],
  ])('and %s: is it that one? %j', (_, isSame, named, found) => {
    expect(isSameProcess(name(named), name(found))).toBe(isSame);
  });
});
