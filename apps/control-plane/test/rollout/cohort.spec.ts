import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { orderMembers } from '../../src/rollout/cohort.js';

const candidate = (device: string, online: boolean, variant = 'fp32') => ({
  device,
  online,
  variant,
  hardwareClass: `class of ${variant}`,
  previousVersionId: null,
  previousVariant: null,
  previousInstalled: false,
});

describe('orderMembers', () => {
  it('numbers everybody once, the online ones first, the same way each time', () => {
    const cohort = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.boolean()), {
      selector: ([device]) => device,
      maxLength: 50,
    });
    fc.assert(
      fc.property(cohort, fc.uuid(), (devices, id) => {
        const candidates = devices.map(([device, online]) => candidate(device, online));
        const members = orderMembers(id, candidates);
        expect(members.map(({ position }) => position)).toEqual(devices.map((_, i) => i));
        expect(members.map(({ device }) => device).sort()).toEqual(devices.map(([device]) => device).sort());
        const online = new Map(devices);
        const flags = members.map(({ device }) => online.get(device));
        expect(flags).toEqual([...flags].sort((a, b) => Number(b) - Number(a)));
        expect(orderMembers(id, [...candidates].reverse())).toEqual(members);
      }),
    );
  });

  it('lets variants take turns: one device of each first, then each in proportion', () => {
    const variantOf = (i: number): string => (i < 30 ? 'fp32' : i < 40 ? 'int8-static' : 'fp16');
    const candidates = Array.from({ length: 42 }, (_, i) => candidate(`cam-${i}`, true, variantOf(i)));
    const members = orderMembers('a rollout', candidates);
    expect(members.slice(0, 3).map(({ variant }) => variant)).toEqual(['fp32', 'int8-static', 'fp16']);
    const among = (count: number, variant: string): number =>
      members.slice(0, count).filter((member) => member.variant === variant).length;
    for (const count of [10, 21, 32]) {
      expect(Math.abs(among(count, 'fp32') - (count * 30) / 42)).toBeLessThanOrEqual(2);
      expect(Math.abs(among(count, 'int8-static') - (count * 10) / 42)).toBeLessThanOrEqual(2);
    }
    for (const { variant, hardwareClass } of members) expect(hardwareClass).toBe(`class of ${variant}`);
  });

  it('begins with other devices in another rollout', () => {
    const candidates = Array.from({ length: 30 }, (_, i) => candidate(`cam-${i}`, true));
    const canaries = new Set(
      Array.from({ length: 20 }, (_, i) => orderMembers(`rollout-${i}`, candidates)[0]?.device),
    );
    expect(canaries.size).toBeGreaterThan(5);
  });
});
