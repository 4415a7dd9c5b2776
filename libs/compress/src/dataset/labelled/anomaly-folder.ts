import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LabelMask } from '@hamon/tasks';
import { CompressError } from '../../errors.js';
import { listSamples } from '../list-samples.js';
import { IMAGE_EXTENSIONS } from '../image-extensions.js';
import type { LabelledFolder } from './labelled-folder.js';
import { readMaskOf } from './mask-folder.js';
import { isFile, isFolder, stemOf } from './walk-images.js';

export const GOOD = 'good';
export const GROUND_TRUTH = 'ground_truth';

/**
 * Images of sound things in `good/`, of faults in the other subfolders; where a fault was marked, its mask is
 * `ground_truth/FAULT/NAME_mask.png` or `NAME.png`, in the folder or beside it, as MVTec AD has them.
 * @throws CompressError `dataset-invalid`
 */
export async function openAnomalyFolder(dir: string): Promise<LabelledFolder> {
  const samples = (await listSamples(dir, IMAGE_EXTENSIONS, [GROUND_TRUTH])).map(
    ({ path, label = GOOD }) => ({
      path,
      fault: label,
    }),
  );
  const truths = await truthFolderOf(dir);
  const masks: (string | undefined)[] = [];
  for (const { path, fault } of samples)
    masks.push(truths === undefined || fault === GOOD ? undefined : await maskOf(join(truths, fault), path));
  if (truths !== undefined) await refuseStrayMasks(truths, masks);
  return {
    dir,
    form: 'anomaly',
    gives: 'anomalous',
    files: samples.map(({ path }) => path),
    labelFiles: masks.filter((mask) => mask !== undefined),
    groups: samples.map(({ fault }) => fault),
    truthOf: async (index) => {
      const { path, fault } = samples[index] ?? { path: '', fault: GOOD };
      const mask = masks[index];
      return {
        anomalous: fault !== GOOD,
        ...(mask === undefined ? {} : { anomalyMask: await readMarked(path, mask) }),
      };
    },
  };
}

/** Masks mark a fault by whatever is not 0. */
async function readMarked(image: string, path: string): Promise<LabelMask> {
  const { width, height, labels } = await readMaskOf(image, path);
  return { width, height, labels: Uint8Array.from(labels, (pixel) => Math.min(1, pixel)) };
}

async function truthFolderOf(dir: string): Promise<string | undefined> {
  for (const folder of [join(dir, GROUND_TRUTH), join(dirname(dir), GROUND_TRUTH)])
    if (await isFolder(folder)) return folder;
  return undefined;
}

async function maskOf(folder: string, image: string): Promise<string | undefined> {
  const name = stemOf(basename(image));
  for (const mask of [join(folder, `${name}_mask.png`), join(folder, `${name}.png`)])
    if (await isFile(mask)) return mask;
  return undefined;
}

/** A mask that no image was found for means that names do not fit: faults would count as never marked. */
async function refuseStrayMasks(folder: string, known: readonly (string | undefined)[]): Promise<void> {
  const used = new Set(known);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const name of await readdir(join(folder, entry.name))) {
      const path = join(folder, entry.name, name);
      if (name.toLowerCase().endsWith('.png') && !used.has(path))
        throw new CompressError('dataset-invalid', `${path} is the mask of no image`);
    }
  }
}
