import { join } from 'node:path';
import type { TrueBox } from '@hamon/tasks';
import { CompressError } from '../../errors.js';
import type { ExpectedTruth, LabelledFolder } from './labelled-folder.js';
import { isFile, readText, sizeOfImage, stemOf, walkFiles, walkImages } from './walk-images.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_BOXES = 1_000_000;
/** Names of the classes, one a line, as labelling programs leave them beside the labels. */
const CLASSES_FILE = 'classes.txt';

/** A box as the file has it: centre and size as shares of the image. */
interface ShareBox {
  readonly label: string;
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes from `labels/NAME.txt` beside `images/NAME.jpg`, a line each: class, centre x, centre y, width, height, as shares of
 * the image. Classes are indices of the model's labels, or of the names in `classes.txt` where that lies there. An image
 * without a label file shows nothing.
 * @throws CompressError `dataset-invalid`, `labels-mismatch`
 */
export async function openYoloFolder(dir: string, expected: ExpectedTruth): Promise<LabelledFolder> {
  const classes = await classesOf(dir, expected);
  const images = await walkImages(join(dir, 'images'));
  if (images.length === 0)
    throw new CompressError('dataset-empty', `${join(dir, 'images')} holds no PNG or JPEG`);
  const boxes = await labelFiles(dir, classes, new Set(images.map(stemOf)));
  const files = images.map((image) => join(dir, 'images', image));
  const own = images.map((image) => boxes.get(stemOf(image)) ?? []);
  return {
    dir,
    form: 'yolo',
    gives: 'boxes',
    files,
    labelFiles: [...boxes.keys()].map((stem) => join(dir, 'labels', `${stem}.txt`)),
    groups: own.map((list) => list[0]?.label ?? ''),
    truthOf: async (index) => {
      const size = await sizeOfImage(files[index] ?? '');
      return { boxes: (own[index] ?? []).map((box) => inPixels(box, size)) };
    },
  };
}

/** Name of each class by its index in the files. */
async function classesOf(dir: string, { labels }: ExpectedTruth): Promise<readonly string[]> {
  for (const path of [join(dir, CLASSES_FILE), join(dir, 'labels', CLASSES_FILE)]) {
    if (!(await isFile(path))) continue;
    const names = (await readText(path, MAX_BYTES))
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const stranger = names.find((name) => labels !== undefined && !labels.includes(name));
    if (stranger === undefined) return names;
    throw new CompressError(
      'labels-mismatch',
      `${path} names the class "${stranger}", the model's labels are ${labels?.join(', ') ?? ''}`,
    );
  }
  if (labels !== undefined) return labels;
  throw new CompressError('labels-mismatch', `${dir} has no ${CLASSES_FILE}, and the model has no labels`);
}

async function labelFiles(
  dir: string,
  classes: readonly string[],
  images: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly ShareBox[]>> {
  const folder = join(dir, 'labels');
  const boxes = new Map<string, readonly ShareBox[]>();
  let count = 0;
  for (const name of await walkFiles(folder, ['.txt'])) {
    if (name === CLASSES_FILE) continue;
    const path = join(folder, name);
    if (!images.has(stemOf(name)))
      throw new CompressError('dataset-invalid', `${path} labels an image that is not in ${dir}/images`);
    const own = (await readText(path, MAX_BYTES)).split('\n').flatMap((line, at): ShareBox[] => {
      return line.trim() === '' ? [] : [parseLine(line.trim(), classes, `${path} line ${at + 1}`)];
    });
    boxes.set(stemOf(name), own);
    count += own.length;
    if (count > MAX_BOXES)
      throw new CompressError('dataset-invalid', `${folder} holds more than ${MAX_BOXES} boxes`);
  }
  return boxes;
}

function parseLine(line: string, classes: readonly string[], where: string): ShareBox {
  const fields = line.split(/\s+/);
  const [index = NaN, cx = NaN, cy = NaN, width = NaN, height = NaN] = fields.map(Number);
  if (fields.length !== 5)
    throw new CompressError(
      'dataset-invalid',
      `${where} has ${fields.length} figures; a box has five: class, centre x, centre y, width, height`,
    );
  const label = classes[index];
  if (label === undefined)
    throw new CompressError(
      'labels-mismatch',
      `${where} is of the class ${fields[0]}; classes are whole numbers from 0 to ${classes.length - 1} (${classes.join(', ')})`,
    );
  const isWithin = [cx, cy, width, height].every((share) => share >= 0 && share <= 1);
  if (!isWithin || width === 0 || height === 0)
    throw new CompressError(
      'dataset-invalid',
      `${where}: centre and size must be shares of the image from 0 to 1, the size above 0; they are ${fields.slice(1).join(' ')}`,
    );
  return { label, cx, cy, width, height };
}

const inPixels = (
  { label, cx, cy, width, height }: ShareBox,
  image: { readonly width: number; readonly height: number },
): TrueBox => ({
  label,
  x: (cx - width / 2) * image.width,
  y: (cy - height / 2) * image.height,
  width: width * image.width,
  height: height * image.height,
});
