import { describe, expect, it } from 'vitest';
import { deviceStem, duration, names, serverUrl, share, wholeNumber } from '../src/options.js';

describe('the options of the simulator', () => {
  it.each([
    ['5%', 0.05],
    ['0%', 0],
    ['100%', 1],
    ['12.5%', 0.125],
  ])('takes the share %s', (text, value) => expect(share(text)).toBe(value));

  it.each(['5', '-1%', '101%', '%', '1e1%', ''])('refuses the share "%s"', (text) =>
    expect(() => share(text)).toThrow('must be a percentage'),
  );

  it.each(['0', '20001', '1.5', '1e3', '', '-1'])('refuses "%s" devices', (text) =>
    expect(() => wholeNumber(1, 20_000)(text)).toThrow('must be a whole number from 1 to 20000'),
  );

  it.each(['Sim', 'sim 1', '', 'a'.repeat(64), '-a', 'a/b'])('refuses the name "%s"', (text) =>
    expect(() => deviceStem(text)).toThrow('must be 1-58 of a-z'),
  );

  it.each(['a,a', '', 'a,,b'])('refuses the labels "%s"', (text) =>
    expect(() => names(text)).toThrow('must be names with commas'),
  );

  it('takes labels, durations and addresses', () => {
    expect(names('good, defect')).toEqual(['good', 'defect']);
    expect(duration('2m')).toBe(120);
    expect(() => duration('2')).toThrow('must be a duration');
    expect(serverUrl('https://plant.example')).toBe('https://plant.example');
    expect(() => serverUrl('plant.example:80')).toThrow('must be an http:// or https:// address');
    expect(() => serverUrl('ftp://plant.example')).toThrow('must be an http:// or https:// address');
  });
});
