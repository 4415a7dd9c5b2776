import { isTerminal, type BundleRef } from '@hamon/contracts';
import { desiredBy, newerWish } from './desired-state.js';
import type { DeviceState } from './device-state.js';

/** The bundle of the deployment that is about to begin, or else of the one that is being installed. */
export function wantedBundle(state: DeviceState): BundleRef | null {
  const { deployment } = state;
  const wish = newerWish(state, desiredBy(state.accepted));
  if (wish) return wish.bundle;
  const isInstalling = deployment && !isTerminal(deployment.state) && deployment.state !== 'active';
  return isInstalling ? deployment.target.bundle : null;
}

/** Digests of the bundles that must stay on disk. */
export function neededBundles({ slots }: DeviceState, wanted: BundleRef | null): ReadonlySet<string> {
  const digests = Object.values(slots).flatMap((slot) => (slot ? [slot.version.bundle] : []));
  return new Set(wanted ? [...digests, wanted.sha256] : digests);
}
