import type { BundleDocument } from '@hamon/contracts';
import { labelChange, type Relabelling } from '@hamon/rollout';
import { taskNamed } from '@hamon/tasks';
import type { SelectedDevice, FormerVersion } from './cohort.store.js';

/** What a version's answers are named by. */
export type Answering = Pick<BundleDocument, 'task' | 'output'>;

const labelsOf = ({ task, output }: Answering): readonly string[] => taskNamed(task).labels(output);

/** Versions that devices of a cohort run, and whose labels differ from those of the version that they are to run. */
export const relabellingsOf = (
  wanted: Answering,
  cohort: readonly SelectedDevice[],
  formers: readonly FormerVersion[],
): readonly Relabelling[] =>
  formers.flatMap(({ id, version, bundles, ...former }) => {
    const change = labelChange(labelsOf(former), labelsOf(wanted));
    if (!change) return [];
    const devices = cohort.filter((one) => one.previousInstalled && one.previousVersionId === id).length;
    return [{ ...change, version, bundles, devices }];
  });
