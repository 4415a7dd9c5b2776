import { createHash } from 'node:crypto';
import type { Candidate } from './cohort.store.js';
import type { NewMember } from './rollout-member.store.js';

/**
 * The order in which the ripple reaches devices: those that are online first, as an offline canary says nothing, then by
 * a hash, so that each rollout has other canaries.
 */
export function orderMembers(rolloutId: string, candidates: readonly Candidate[]): NewMember[] {
  const keyOf = (device: string): string =>
    createHash('sha256').update(`${rolloutId}/${device}`).digest('hex');
  return candidates
    .map((candidate) => ({ candidate, key: keyOf(candidate.device) }))
    .sort((a, b) =>
      a.candidate.online === b.candidate.online ? compare(a.key, b.key) : a.candidate.online ? -1 : 1,
    )
    .map(({ candidate: { device, previousVersionId, previousVariant } }, position) => ({
      device,
      position,
      previousVersionId,
      previousVariant,
    }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
