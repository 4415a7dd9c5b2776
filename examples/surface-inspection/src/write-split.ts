import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { cocoAnnotations, maskOf } from './annotations.js';
import { imagesOf, type Split, type SplitImage } from './splits.js';
import { LABELS, SIDE } from './surface.js';

/** How a folder says what its images show. A folder has one form, so that no reader has to choose between two. */
interface Form {
  folderOf(split: string): string;
  readonly subfolders: readonly string[];
  /** The PNGs of one image, by their paths in the folder. */
  files(image: SplitImage): Readonly<Record<string, () => Promise<Uint8Array>>>;
  /** Written once, from what was drawn of each image. */
  readonly annotations?: (images: readonly Pick<SplitImage, 'name' | 'defects'>[]) => unknown;
}

export const FORMS = {
  classes: {
    folderOf: (split) => split,
    subfolders: LABELS,
    files: ({ name, label, pixels }) => ({ [join(label, name)]: () => picture(pixels) }),
  },
  boxes: {
    folderOf: (split) => `${split}-boxes`,
    subfolders: ['images'],
    files: ({ name, pixels }) => ({ [join('images', name)]: () => picture(pixels) }),
    annotations: cocoAnnotations,
  },
  masks: {
    folderOf: (split) => `${split}-masks`,
    subfolders: ['images', 'masks'],
    files: (image) => ({
      [join('images', image.name)]: () => picture(image.pixels),
      [join('masks', image.name)]: () => indices(maskOf(image)),
    }),
  },
} as const satisfies Record<string, Form>;
export type FormName = keyof typeof FORMS;

const LANES = availableParallelism();

/** Draws a split into its folder below `out`, in place of what lies there. */
export async function writeSplit(
  out: string,
  split: Split,
  formName: FormName,
  limit = Infinity,
): Promise<void> {
  const form: Form = FORMS[formName];
  const folder = join(out, form.folderOf(split));
  await rm(folder, { recursive: true, force: true });
  for (const name of form.subfolders) await mkdir(join(folder, name), { recursive: true });
  const draws = imagesOf(split).slice(0, limit);
  const drawn: Pick<SplitImage, 'name' | 'defects'>[] = [];
  const writeNext = async (first: number): Promise<void> => {
    for (const [i, draw] of draws.entries()) {
      if (i % LANES !== first) continue;
      const image = draw();
      drawn[i] = { name: image.name, defects: image.defects };
      for (const [path, encode] of Object.entries(form.files(image)))
        await writeFile(join(folder, path), await encode());
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => writeNext(lane)));
  if (form.annotations)
    await writeFile(join(folder, 'annotations.json'), `${JSON.stringify(form.annotations(drawn))}\n`);
}

const grey = (pixels: Uint8Array) =>
  sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } }).png({ compressionLevel: 6 });

const picture = (pixels: Uint8Array): Promise<Uint8Array> => grey(pixels).toBuffer();

/** One channel, so that whoever reads the file finds the indices themselves. */
const indices = (mask: Uint8Array): Promise<Uint8Array> => grey(mask).toColourspace('b-w').toBuffer();
