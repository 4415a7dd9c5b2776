import type { SplitImage } from './splits.js';
import { LABELS, SIDE, type DefectLabel } from './surface.js';

/** In the order of the category ids, which begin at 1; 0 is the background of a mask. */
export const DEFECT_LABELS: readonly DefectLabel[] = LABELS.filter((label) => label !== 'good');

export const categoryOf = (label: DefectLabel): number => DEFECT_LABELS.indexOf(label) + 1;

type Described = Pick<SplitImage, 'name' | 'defects'>;

/** COCO's detection format: every image, also those without a defect, and one box for each that was drawn. */
export function cocoAnnotations(images: readonly Described[]) {
  const annotations = images.flatMap(({ defects }, image) =>
    defects.map(({ label, box, pixels }) => ({
      ...{ image_id: image, category_id: categoryOf(label) },
      ...{ bbox: box, area: pixels.length, iscrowd: 0 },
    })),
  );
  return {
    images: images.map(({ name }, id) => ({ id, file_name: `images/${name}`, width: SIDE, height: SIDE })),
    annotations: annotations.map((annotation, id) => ({ id: id + 1, ...annotation })),
    categories: DEFECT_LABELS.map((name) => ({ id: categoryOf(name), name })),
  };
}

/** One class index for each pixel: 0 the background, else the category of the defect, the last drawn where two overlap. */
export function maskOf({ defects }: Pick<SplitImage, 'defects'>): Uint8Array {
  const mask = new Uint8Array(SIDE * SIDE);
  for (const { label, pixels } of defects) for (const i of pixels) mask[i] = categoryOf(label);
  return mask;
}
