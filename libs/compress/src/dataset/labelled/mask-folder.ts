import { join } from 'node:path';
import type { LabelMask } from '@hamon/tasks';
import { CompressError } from '../../errors.js';
import type { ExpectedTruth, LabelledFolder } from './labelled-folder.js';
import { readIndexMap } from './read-index-map.js';
import { isFile, sizeOfImage, stemOf, walkImages } from './walk-images.js';

/**
 * Masks from `masks/NAME.png` beside `images/NAME.jpg`: each pixel is the index of a label.
 * @throws CompressError `dataset-invalid` where an image has no mask
 */
export async function openMaskFolder(dir: string, { labels }: ExpectedTruth): Promise<LabelledFolder> {
  const images = await walkImages(join(dir, 'images'));
  if (images.length === 0)
    throw new CompressError('dataset-empty', `${join(dir, 'images')} holds no PNG or JPEG`);
  const files = images.map((image) => join(dir, 'images', image));
  const masks = images.map((image) => join(dir, 'masks', `${stemOf(image)}.png`));
  for (const [index, mask] of masks.entries())
    if (!(await isFile(mask)))
      throw new CompressError(
        'dataset-invalid',
        `${files[index]} has no mask: ${mask} is missing (an image without anything has one of background)`,
      );
  return {
    dir,
    form: 'masks',
    gives: 'mask',
    files,
    labelFiles: masks,
    groups: images.map((image) => (image.includes('/') ? image.slice(0, image.indexOf('/')) : '')),
    truthOf: async (index) => {
      const mask = await readMaskOf(files[index] ?? '', masks[index] ?? '');
      checkIndices(mask, masks[index] ?? '', labels);
      return { mask };
    },
  };
}

/**
 * A mask, which must have the size of its image.
 * @throws CompressError `dataset-invalid` naming the mask
 */
export async function readMaskOf(imagePath: string, maskPath: string): Promise<LabelMask> {
  const mask = await readIndexMap(maskPath);
  const size = await sizeOfImage(imagePath);
  if (mask.width !== size.width || mask.height !== size.height)
    throw new CompressError(
      'dataset-invalid',
      `${maskPath} has ${mask.width}×${mask.height} pixels, its image ${size.width}×${size.height}`,
    );
  return mask;
}

function checkIndices(
  { labels: pixels }: LabelMask,
  path: string,
  labels: readonly string[] | undefined,
): void {
  if (labels === undefined) return;
  const stranger = pixels.find((index) => index >= labels.length);
  if (stranger !== undefined)
    throw new CompressError(
      'labels-mismatch',
      `${path} holds a pixel of ${stranger}; pixels are indices of the model's labels, from 0 to ${labels.length - 1} (${labels.join(', ')})`,
    );
}
