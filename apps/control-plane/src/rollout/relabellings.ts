import { labelChange, type Relabelling } from '@hamon/rollout';
import type { SelectedDevice, FormerVersion } from './cohort.store.js';

/** Versions that devices of a cohort run, and whose labels differ from those of the version that they are to run. */
export const relabellingsOf = (
  labels: readonly string[],
  cohort: readonly SelectedDevice[],
  formers: readonly FormerVersion[],
): readonly Relabelling[] =>
  formers.flatMap(({ id, version, labels: before, bundles }) => {
    const change = labelChange(before, labels);
    if (!change) return [];
    const devices = cohort.filter((one) => one.previousInstalled && one.previousVersionId === id).length;
    return [{ ...change, version, bundles, devices }];
  });
