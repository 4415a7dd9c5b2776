import { join } from 'node:path';
import { IMAGE_EXTENSIONS } from '../image-extensions.js';
import { listSamples } from '../list-samples.js';
import { formsIn } from './open-labelled-folder.js';
import { COCO_FILE } from './coco-folder.js';
import { VALUES_FILE } from './value-folder.js';
import { isFile, walkFiles, walkImages } from './walk-images.js';

/** Files beside images that say what those show. */
const LISTS = [COCO_FILE, VALUES_FILE, 'classes.txt'];

/**
 * Paths of everything of a folder that `openLabelledFolder` may read, images and what says what they show, without looking into
 * any of it: for sending the folder elsewhere.
 * @throws CompressError `dataset-empty`, `dataset-invalid`
 */
export async function folderFiles(dir: string): Promise<readonly string[]> {
  const forms = await formsIn(dir, {});
  if (forms.length === 0) return (await listSamples(dir, IMAGE_EXTENSIONS)).map(({ path }) => path);
  const files = [...(await walkImages(dir))];
  if (forms.includes('yolo'))
    for (const name of await walkFiles(join(dir, 'labels'), ['.txt'])) files.push(`labels/${name}`);
  for (const name of LISTS) if (await isFile(join(dir, name))) files.push(name);
  return files.map((name) => join(dir, name));
}
