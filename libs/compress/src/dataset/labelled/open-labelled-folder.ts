import { join } from 'node:path';
import { CompressError } from '../../errors.js';
import { IMAGE_EXTENSIONS } from '../image-extensions.js';
import { listSamples } from '../list-samples.js';
import { GOOD, openAnomalyFolder } from './anomaly-folder.js';
import { COCO_FILE, openCocoFolder } from './coco-folder.js';
import { folderOf, type ExpectedTruth, type FolderForm, type LabelledFolder } from './labelled-folder.js';
import { openMaskFolder } from './mask-folder.js';
import { openValueFolder, VALUES_FILE } from './value-folder.js';
import { isFile, isFolder } from './walk-images.js';
import { openYoloFolder } from './yolo-folder.js';

/**
 * A folder of images and what they show, in the form that lies there.
 * @throws CompressError `dataset-empty`, `dataset-invalid` where it cannot be read or two forms lie in one folder,
 * `labels-mismatch` where it names what the model does not know
 */
export async function openLabelledFolder(dir: string, expected: ExpectedTruth): Promise<LabelledFolder> {
  const forms = await formsIn(dir, expected);
  const [form, other] = forms;
  if (form === undefined) return openSubfolders(dir);
  if (other !== undefined)
    throw new CompressError(
      'dataset-invalid',
      `${dir} says twice what its images show: ${NAMES[form]} and ${NAMES[other]}; keep one of them`,
    );
  return OPEN[form](dir, expected);
}

export type ToldForm = Exclude<FolderForm, 'images' | 'classes'>;

const OPEN: Readonly<Record<ToldForm, (dir: string, expected: ExpectedTruth) => Promise<LabelledFolder>>> = {
  coco: openCocoFolder,
  yolo: openYoloFolder,
  masks: openMaskFolder,
  anomaly: openAnomalyFolder,
  values: openValueFolder,
};

const NAMES: Readonly<Record<ToldForm, string>> = {
  coco: COCO_FILE,
  yolo: 'labels/',
  masks: 'masks/',
  anomaly: `${GOOD}/`,
  values: VALUES_FILE,
};

/** What lies in a folder that says what its images show; more than one form contradict each other. */
export async function formsIn(dir: string, { labels }: ExpectedTruth): Promise<readonly ToldForm[]> {
  const beside = (name: string): Promise<boolean> =>
    Promise.all([isFolder(join(dir, name)), isFolder(join(dir, 'images'))]).then((both) =>
      both.every(Boolean),
    );
  const found: readonly [ToldForm, boolean][] = [
    ['coco', await isFile(join(dir, COCO_FILE))],
    ['yolo', await beside('labels')],
    ['masks', await beside('masks')],
    // To a model that has a label of this name, it is a class among others.
    ['anomaly', labels?.includes(GOOD) !== true && (await isFolder(join(dir, GOOD)))],
    ['values', await isFile(join(dir, VALUES_FILE))],
  ];
  // Images that a list names may lie in subfolders of any name.
  const listed = found.some(([form, lies]) => lies && (form === 'coco' || form === 'values'));
  return found.flatMap(([form, lies]) => (lies && !(listed && form === 'anomaly') ? [form] : []));
}

async function openSubfolders(dir: string): Promise<LabelledFolder> {
  const samples = await listSamples(dir, IMAGE_EXTENSIONS);
  // A folder of nothing but `images/` is waiting for its labels.
  const isPlain = samples.every(({ label }) => label === undefined || label === 'images');
  if (isPlain) return imagesOnly(dir, samples);
  return folderOf(
    { dir, form: 'classes', gives: 'label', labelFiles: [] },
    samples.map(({ path, label = '' }) => ({ file: path, group: label, truth: { label } })),
  );
}

const imagesOnly = (dir: string, samples: readonly { readonly path: string }[]): LabelledFolder => ({
  dir,
  form: 'images',
  files: samples.map(({ path }) => path),
  labelFiles: [],
  groups: samples.map(() => ''),
  truthOf: () => Promise.reject(new CompressError('labels-mismatch', `${dir} holds images alone`)),
});
