import { counted, percent } from '../format.js';
import type { GateInput } from '../gate-input.js';
import type { UpdateCounts } from '../update-tally.js';
import type { Check } from './check.js';

/**
 * Do too many devices refuse the version, go back from it, or not finish? Shares are taken of the devices that can be
 * reached, of the stage's new ones and of all up to here: neither may hide in the other. A failure share that can no
 * longer be made good by the devices still on their way fails at once.
 */
export const updateFailures = {
  name: 'update-failures',
  judge: ({ updates, policy }) => {
    const { fresh, all } = updates;
    const share = Math.max(failureShare(fresh), failureShare(all));
    const failed = share > policy.maxUpdateFailureRate;
    return {
      name: 'update-failures',
      verdict: failed ? 'fail' : fresh.waiting > 0 || fresh.succeeded === 0 ? 'inconclusive' : 'pass',
      evidence: 'absolute',
      detail: failed
        ? `${counted(all.failed, 'device')} of ${reachable(all)} could not take or keep the version (${reasonList(updates.reasons)}); at most ${percent(policy.maxUpdateFailureRate)} may fail`
        : standingText(fresh),
      figures: {
        share,
        limit: policy.maxUpdateFailureRate,
        failed: all.failed,
        succeeded: all.succeeded,
        freshFailed: fresh.failed,
        freshSucceeded: fresh.succeeded,
        waiting: fresh.waiting,
        unreachable: fresh.unreachable,
        unproven: fresh.unproven,
      },
    };
  },
} as const satisfies Check<GateInput>;

function standingText({ devices, succeeded, failed, waiting, unreachable, unproven }: UpdateCounts): string {
  const standing = `${succeeded + failed} of ${counted(devices, 'new device')} finished, ${failed} failed, ${waiting} on the way, ${unreachable} offline`;
  return unproven > 0
    ? `${standing}, ${unproven} without enough frames to compare the versions on`
    : standing;
}

const reachable = ({ succeeded, failed, waiting }: UpdateCounts): number => succeeded + failed + waiting;

const failureShare = (counts: UpdateCounts): number =>
  counts.failed === 0 ? 0 : counts.failed / reachable(counts);

function reasonList(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, 3)
    .map(([code, n]) => `${code}${n > 1 ? ` × ${n}` : ''}`)
    .join(', ');
}
