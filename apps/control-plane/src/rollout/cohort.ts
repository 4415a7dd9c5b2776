import { hash } from 'node:crypto';
import type { SelectedDevice } from './cohort.store.js';
import type { NewMember } from './rollout-member.store.js';

/** A device with what it is to run. */
export type Planned = Pick<
  SelectedDevice,
  'device' | 'online' | 'previousVersionId' | 'previousVariant' | 'previousInstalled'
> &
  Pick<NewMember, 'variant' | 'hardwareClass'>;

/**
 * The order in which the rollout reaches devices: online ones first, as an offline canary says nothing, then by
 * a hash, so that each rollout has other canaries. Variants take turns, each in proportion to its devices, with one device
 * of each at the very beginning: else the last stage could bring half a fleet a variant that no canary has run.
 */
export function orderMembers(rolloutId: string, planned: readonly Planned[]): NewMember[] {
  const ordered = [true, false].flatMap((online) =>
    takeTurns(
      planned
        .filter((one) => one.online === online)
        .map((one) => ({ one, key: keyOf(rolloutId, one.device) }))
        .sort((a, b) => a.key - b.key || compare(a.one.device, b.one.device))
        .map(({ one }) => one),
    ),
  );
  return ordered.map((one, position) => ({
    device: one.device,
    position,
    variant: one.variant,
    hardwareClass: one.hardwareClass,
    previousVersionId: one.previousVersionId,
    previousVariant: one.previousVariant,
    previousInstalled: one.previousInstalled,
  }));
}

function takeTurns(devices: readonly Planned[]): readonly Planned[] {
  const groups = new Map<string, Planned[]>();
  for (const one of devices) {
    const group = groups.get(one.variant);
    if (group) group.push(one);
    else groups.set(one.variant, [one]);
  }
  // Most rollouts: one variant, so no turns.
  if (groups.size <= 1) return devices;
  return [...groups.values()]
    .flatMap((group) => group.map((one, i) => ({ one, share: i / group.length, of: group.length })))
    .sort((a, b) => a.share - b.share || b.of - a.of || compare(a.one.variant, b.one.variant))
    .map(({ one }) => one);
}

/** 48 bits: comparing numbers is several times as fast as comparing texts; equal ones are sorted by name. */
const keyOf = (rolloutId: string, device: string): number =>
  parseInt(hash('sha256', `${rolloutId}/${device}`).slice(0, 12), 16);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
