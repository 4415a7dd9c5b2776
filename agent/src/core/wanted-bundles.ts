import { isTerminal, type BundleRef } from '@hamon/contracts';
import { desiredBy, newerWish } from './desired-state.js';
import type { ModelState } from './model-state.js';

/** The bundle of the deployment that is about to begin, or else of the one that is being installed. */
export function wantedBundle(state: ModelState): BundleRef | null {
  const { deployment } = state;
  const wish = newerWish(state, desiredBy(state.accepted));
  if (wish) return wish.bundle;
  const isInstalling = deployment && !isTerminal(deployment.state) && deployment.state !== 'active';
  return isInstalling ? deployment.target.bundle : null;
}

/** What has to stay on disk: bundles by digest, and those on their way. */
export interface NeededContent {
  readonly bundles: ReadonlySet<string>;
  readonly wanted: readonly BundleRef[];
}

/** Of all models together, which share the folder of bundles and the store of chunks. */
export function neededContent(models: readonly ModelState[]): NeededContent {
  const wanted = models.flatMap((state) => wantedBundle(state) ?? []);
  const installed = models.flatMap(({ slots }) =>
    Object.values(slots).flatMap((slot) => (slot ? [slot.version.bundle] : [])),
  );
  return { bundles: new Set([...installed, ...wanted.map(({ sha256 }) => sha256)]), wanted };
}
