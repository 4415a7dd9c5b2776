import type { SampleTruth, TaskName } from '@hamon/contracts';

/** Where a picture and its mask lie in a labelled folder, from the folder. */
export interface Place {
  readonly picture: string;
  readonly mask?: string;
}

/** Folder of pictures of which a list or a mask says what they show, or nothing does. */
export const PICTURES = 'images';
const MASKS = 'masks';
const GROUND_TRUTH = 'ground_truth';
const GOOD = 'good';
/** A fault of no kind that anybody named. */
const ANOMALOUS = 'anomalous';

/** Subfolders by which a labelled folder is told to be of another form. */
const OF_OTHER_FORMS: ReadonlySet<string> = new Set([PICTURES, MASKS, GROUND_TRUTH, 'labels']);
/** Longer names do not fit on disks. */
const MAX_NAME_BYTES = 200;
// eslint-disable-next-line no-control-regex -- they are what is refused
const UNSAFE = /^\.|[<>:"/\\|?*\u0000-\u001f\u007f]|[. ]$/;

/** Why a label cannot be the name of a folder; undefined where it can, on every system. */
export function folderProblem(label: string): string | undefined {
  if (UNSAFE.test(label)) return 'it holds what no folder name may hold';
  if (Buffer.byteLength(label) > MAX_NAME_BYTES) return `it takes more than ${MAX_NAME_BYTES} bytes`;
  return OF_OTHER_FORMS.has(label) ? 'a folder of that name means something else' : undefined;
}

/**
 * The place of a picture in the form of its task, as `hamon compress` and `train` read it: class subfolders, COCO, masks, `good/`
 * beside faults, or `values.csv`. Names are made of the sample's id alone, and of labels that are safe folder names.
 *
 * @param file the sample's id with the ending of its picture
 * @returns a sentence where a label cannot be a folder
 */
export function placeOf(file: string, truth: SampleTruth | undefined): Place | { readonly why: string } {
  const stem = file.slice(0, file.lastIndexOf('.'));
  if (truth?.task === 'classification') return inFolder(truth.label, file);
  if (truth?.task === 'segmentation') {
    return { picture: `${PICTURES}/${file}`, mask: `${MASKS}/${stem}.png` };
  }
  if (truth?.task !== 'anomaly') return { picture: `${PICTURES}/${file}` };
  if (!truth.isAnomalous) return { picture: `${GOOD}/${file}` };
  const fault = truth.fault ?? ANOMALOUS;
  if (fault === GOOD) return { why: `a fault cannot be called "${GOOD}": that is the folder of sound ones` };
  const place = inFolder(fault, file);
  return 'why' in place || truth.mask === undefined
    ? place
    : { ...place, mask: `${GROUND_TRUTH}/${fault}/${stem}_mask.png` };
}

function inFolder(label: string, file: string): Place | { readonly why: string } {
  const problem = folderProblem(label);
  return problem === undefined
    ? { picture: `${label}/${file}` }
    : { why: `the label "${label}" cannot be a folder: ${problem}` };
}

/** Files beside the pictures, by task, that say what they show. */
export const LIST_OF: Partial<Readonly<Record<TaskName, string>>> = {
  detection: 'annotations.json',
  regression: 'values.csv',
};
