import type { DeploymentState, ManifestRejection, ModelReport } from '@hamon/contracts';
import type { Progress } from './deployment-progress.js';

/**
 * The device is ahead of us: the sequence watch signs the same target under another number, and the deployment goes on with
 * it. A replayed old message is rejected like this as well.
 */
const SETTLED_ELSEWHERE: ReadonlySet<string> = new Set<ManifestRejection>([
  'manifest-older',
  'manifest-conflict',
]);

/**
 * The end of a deployment whose own manifest its device rejects; undefined where the report says nothing about it. Anybody
 * at the broker can make a device reject something: only the digest of what we signed last for this deployment counts.
 *
 * A device that took the first manifest has the deployment, whatever becomes of a renewal.
 *
 * @param published digest of that manifest; undefined where the device's desired state is another deployment's
 */
export function refusalOf(
  { state, sequence }: { readonly state: DeploymentState; readonly sequence: number },
  published: string | undefined,
  { rejection, rejected, highestSequence }: Pick<ModelReport, 'rejection' | 'rejected' | 'highestSequence'>,
): Progress | undefined {
  if (state !== 'assigned' || published === undefined || !rejection || rejected?.digest !== published) {
    return undefined;
  }
  const isTaken = (highestSequence ?? 0) >= sequence && rejection.code !== 'manifest-abandoned';
  if (isTaken || SETTLED_ELSEWHERE.has(rejection.code)) return undefined;
  return { state: 'refused', reason: rejection };
}
