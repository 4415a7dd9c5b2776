import { describe, expect, it } from 'vitest';
import { fateOf, type Fates } from '../../src/core/fate.js';

const devices = Array.from({ length: 2000 }, (_, i) => `sim-${i}`);
const fates: Fates = { seed: 1, refuse: 0.05, fail: 0.1, badVersions: [] };
const version = (name: string) => ({ model: 'tiny', version: name });
const count = (what: string, asked = fates, of = version('2.0.0')): number =>
  devices.filter((device) => fateOf(asked, device, of) === what).length;

describe('the fate of a version on a simulated device', () => {
  it('hits the share that was asked for', () => {
    expect(count('refused') / devices.length).toBeCloseTo(0.05, 1);
    expect(count('failing') / devices.length).toBeCloseTo(0.1, 1);
    expect(count('well') + count('refused') + count('failing')).toBe(devices.length);
  });

  it('is the same in every run of a seed, and another one with another seed or version', () => {
    const drawn = (seed: number, name: string): string[] =>
      devices.map((device) => fateOf({ ...fates, seed }, device, version(name)));
    expect(drawn(1, '2.0.0')).toEqual(drawn(1, '2.0.0'));
    expect(drawn(1, '2.0.0')).not.toEqual(drawn(2, '2.0.0'));
    expect(drawn(1, '2.0.0')).not.toEqual(drawn(1, '3.0.0'));
  });

  it('is good with every version but those that were named', () => {
    const named = { ...fates, refuse: 1, fail: 0, badVersions: ['2.0.0'] };
    expect(count('refused', named)).toBe(devices.length);
    expect(count('well', named, version('1.0.0'))).toBe(devices.length);
  });

  it('is good everywhere where nothing shall go wrong', () => {
    expect(count('well', { ...fates, refuse: 0, fail: 0 })).toBe(devices.length);
  });
});
