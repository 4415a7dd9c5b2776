import type { FrameTruth } from '@hamon/tasks';

/** How a folder says what its images show; told by what lies in it. */
export type FolderForm =
  /** Images alone. */
  | 'images'
  /** Class subfolders. */
  | 'classes'
  /** `annotations.json` as COCO writes it. */
  | 'coco'
  /** `labels/*.txt` as YOLO reads them, beside `images/`. */
  | 'yolo'
  /** `masks/` beside `images/`: PNGs whose pixels are indices of labels. */
  | 'masks'
  /** `good/` beside subfolders of faults, and masks in `ground_truth/`, as MVTec AD has them. */
  | 'anomaly'
  /** `values.csv`. */
  | 'values';

/** What a model's task expects of a folder. */
export interface ExpectedTruth {
  /** The model's labels, in the order of their indices. */
  readonly labels?: readonly string[];
  /** Names of the values that a regression gives. */
  readonly values?: readonly string[];
}

/** Images and what they show. */
export interface LabelledFolder {
  readonly dir: string;
  readonly form: FolderForm;
  /** The part of the truth that {@link truthOf} gives; absent where the folder holds images alone. */
  readonly gives?: keyof FrameTruth;
  /** Paths of the images. */
  readonly files: readonly string[];
  /** Paths of the files that say what the images show, masks among them. */
  readonly labelFiles: readonly string[];
  /** What an image is mostly about: for drawing samples in proportion. */
  readonly groups: readonly string[];
  /**
   * Read from files of its own where there are any, so that a folder of any size costs bounded memory.
   * @throws CompressError `dataset-invalid` or `labels-mismatch`, naming the file
   */
  truthOf(index: number): Promise<FrameTruth>;
}

/** Truths that are in memory already. */
export const folderOf = (
  about: Pick<LabelledFolder, 'dir' | 'form' | 'gives' | 'labelFiles'>,
  entries: readonly { readonly file: string; readonly group: string; readonly truth: FrameTruth }[],
): LabelledFolder => ({
  ...about,
  files: entries.map(({ file }) => file),
  groups: entries.map(({ group }) => group),
  truthOf: (index) => {
    const entry = entries[index];
    return entry === undefined
      ? Promise.reject(new RangeError(`there is no sample ${index}`))
      : Promise.resolve(entry.truth);
  },
});
