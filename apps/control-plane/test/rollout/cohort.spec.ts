import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { orderMembers } from '../../src/rollout/cohort.js';

const candidate = (device: string, online: boolean) => ({
  device,
  online,
  model: null,
  previousVersionId: null,
  previousVariant: null,
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

  it('begins with other devices in another rollout', () => {
    const candidates = Array.from({ length: 30 }, (_, i) => candidate(`cam-${i}`, true));
    const canaries = new Set(
      Array.from({ length: 20 }, (_, i) => orderMembers(`rollout-${i}`, candidates)[0]?.device),
    );
    expect(canaries.size).toBeGreaterThan(5);
  });
});
