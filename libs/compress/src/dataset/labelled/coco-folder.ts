import { isAbsolute, join } from 'node:path';
import type { TrueBox } from '@hamon/tasks';
import { CompressError } from '../../errors.js';
import { folderOf, type ExpectedTruth, type LabelledFolder } from './labelled-folder.js';
import { isFile, MAX_FILES, readText } from './walk-images.js';

export const COCO_FILE = 'annotations.json';
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_ANNOTATIONS = 1_000_000;

/** The parts of a COCO file that are read; polygons, licences and the like are left where they are. */
interface CocoFile {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly { readonly id: unknown; readonly name: unknown }[];
}
interface CocoImage {
  readonly id: unknown;
  readonly file_name: unknown;
}
interface CocoAnnotation {
  readonly image_id: unknown;
  readonly category_id: unknown;
  readonly bbox: unknown;
  readonly iscrowd?: unknown;
}

/**
 * Boxes from `annotations.json` in COCO's format; images lie where `file_name` says, from the folder or from `images/` in it.
 * An image without annotations shows nothing that the labels name.
 * @throws CompressError `dataset-invalid`, `labels-mismatch`
 */
export async function openCocoFolder(dir: string, { labels }: ExpectedTruth): Promise<LabelledFolder> {
  const path = join(dir, COCO_FILE);
  const file = parse(path, await readText(path, MAX_BYTES));
  const categories = categoriesOf(path, file);
  const boxes = new Map<unknown, TrueBox[]>();
  for (const { id } of file.images) {
    if (boxes.has(id)) throw invalid(path, `holds the image id ${String(id)} twice`);
    boxes.set(id, []);
  }
  for (const [index, annotation] of file.annotations.entries()) {
    const where = `annotation ${index}`;
    const own = boxes.get(annotation.image_id);
    if (own === undefined)
      throw invalid(path, `${where} names the image ${String(annotation.image_id)}, which it does not hold`);
    const label = categories.get(annotation.category_id);
    if (label === undefined)
      throw invalid(
        path,
        `${where} names the category ${String(annotation.category_id)}, which it does not hold`,
      );
    if (labels !== undefined && !labels.includes(label))
      throw new CompressError(
        'labels-mismatch',
        `${path}: ${where} is of the category "${label}", the model's labels are ${labels.join(', ')}`,
      );
    own.push(boxOf(path, where, label, annotation));
  }
  const entries = [];
  for (const { id, file_name: name } of file.images) {
    const own = boxes.get(id) ?? [];
    entries.push({
      file: await imagePath(dir, path, name),
      group: own[0]?.label ?? '',
      truth: { boxes: own },
    });
  }
  return folderOf({ dir, form: 'coco', gives: 'boxes', labelFiles: [path] }, entries);
}

function parse(path: string, text: string): CocoFile {
  let value: Partial<CocoFile> | null;
  try {
    value = JSON.parse(text) as Partial<CocoFile> | null;
  } catch (cause) {
    throw invalid(path, `is no JSON: ${(cause as Error).message.slice(0, 200)}`, cause);
  }
  const { images, annotations, categories } = value ?? {};
  for (const [name, list] of Object.entries({ images, annotations, categories }))
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'object' && item !== null))
      throw invalid(path, `"${name}" must be a list of objects, as COCO has it`);
  const file = { images, annotations, categories } as CocoFile;
  if (file.images.length === 0) throw new CompressError('dataset-empty', `${path} names no image`);
  if (file.images.length > MAX_FILES) throw invalid(path, `names more than ${MAX_FILES} images`);
  if (file.annotations.length > MAX_ANNOTATIONS)
    throw invalid(path, `holds more than ${MAX_ANNOTATIONS} annotations`);
  return file;
}

function categoriesOf(path: string, { categories }: CocoFile): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>();
  for (const [index, { id, name }] of categories.entries()) {
    if (typeof name !== 'string' || name === '')
      throw invalid(path, `category ${index}: "name" must be a word`);
    if (names.has(id)) throw invalid(path, `holds the category id ${String(id)} twice`);
    names.set(id, name);
  }
  return names;
}

function boxOf(path: string, where: string, label: string, { bbox, iscrowd }: CocoAnnotation): TrueBox {
  const isBox = Array.isArray(bbox) && bbox.length === 4 && bbox.every((one) => Number.isFinite(one));
  const [x = 0, y = 0, width = 0, height = 0] = isBox ? (bbox as readonly number[]) : [];
  if (!isBox || width <= 0 || height <= 0)
    throw invalid(path, `${where}: "bbox" must be x, y, width and height, the last two above 0`);
  return { label, x, y, width, height, ...(iscrowd === 1 || iscrowd === true ? { isCrowd: true } : {}) };
}

async function imagePath(dir: string, path: string, name: unknown): Promise<string> {
  if (typeof name !== 'string' || name === '' || isAbsolute(name) || name.split(/[\\/]/).includes('..'))
    throw invalid(path, `"file_name" must be a path within ${dir}, is ${JSON.stringify(name) ?? 'missing'}`);
  for (const file of [join(dir, name), join(dir, 'images', name)]) if (await isFile(file)) return file;
  throw invalid(path, `names the image ${name}, which is neither in ${dir} nor in its images/`);
}

const invalid = (path: string, detail: string, cause?: unknown): CompressError =>
  new CompressError('dataset-invalid', `${path}: ${detail}`, { cause });
