import {
  existsSync,
  linkSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { encodePng } from '@hamon/inference';
import { openLabelledFolder } from '@hamon/compress';

const DEFECTS = ['Blowhole', 'Break', 'Crack', 'Fray', 'Uneven'];
const SIDE = 112;

/** The 128 images that the Python tool's figures were calibrated with. */
export function calibrationTiles(data, dir) {
  const { files } = read(join(data, 'reference/calibration-128.json'));
  for (const file of files) place(join(data, 'tiles/train', file), join(dir, file));
  return dir;
}

/** The test tiles as a folder that says what the images show, in the form of one task. */
export const TEST_TILES = {
  detection: (data, dir) => {
    const files = placeAll(data, dir);
    const boxes = new Map(
      read(join(data, 'tiles-masks/test/boxes.json')).images.map((one) => [one.file, one.boxes]),
    );
    const annotations = files.flatMap((file, id) =>
      (boxes.get(file) ?? []).map(({ x, y, width, height, label }) => ({
        image_id: id,
        category_id: DEFECTS.indexOf(label),
        bbox: [x, y, width, height],
      })),
    );
    const images = files.map((file, id) => ({ id, file_name: file, width: SIDE, height: SIDE }));
    const categories = DEFECTS.map((name, id) => ({ id, name }));
    writeFileSync(join(dir, 'annotations.json'), JSON.stringify({ images, annotations, categories }));
    return dir;
  },
  segmentation: async (data, dir) => {
    // The dataset's masks have one bit; what it means says the subfolder.
    const marks = join(dir, '..', 'marks');
    TEST_TILES.anomaly(data, marks);
    const marked = await openLabelledFolder(marks, {});
    for (const [index, file] of marked.files.entries()) {
      const { anomalyMask } = await marked.truthOf(index);
      const [fault, name] = file.split('/').slice(-2);
      const place = DEFECTS.indexOf(fault) + 1;
      const mask = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => (anomalyMask?.labels[at] ? place : 0));
      link(file, join(dir, 'images', fault, name));
      write(
        join(dir, 'masks', fault, name),
        await encodePng(mask, { width: SIDE, height: SIDE, channels: 1 }),
      );
    }
    return dir;
  },
  anomaly: (data, dir) => {
    for (const file of tiles(data)) {
      const [label, name] = file.split('/');
      place(join(data, 'tiles/test', file), join(dir, label === 'Free' ? 'good' : label, name));
      const mask = join(data, 'tiles-masks/test', file);
      if (existsSync(mask)) place(mask, join(dir, 'ground_truth', label, name));
    }
    return dir;
  },
  regression: (data, dir) => {
    placeAll(data, dir);
    // An exposure of 0 is one that nobody knows.
    const known = read(join(data, 'tiles-masks/test/targets.json')).images.filter(
      ({ exposure }) => exposure > 0,
    );
    const lines = known.map(({ file, exposure }) => `${file},${exposure}`);
    writeFileSync(join(dir, 'values.csv'), ['file,exposure', ...lines].join('\n'));
    return dir;
  },
};

const tiles = (data) =>
  readdirSync(join(data, 'tiles/test')).flatMap((label) =>
    readdirSync(join(data, 'tiles/test', label)).map((name) => `${label}/${name}`),
  );

function placeAll(data, dir) {
  const files = tiles(data);
  for (const file of files) place(join(data, 'tiles/test', file), join(dir, file));
  return files;
}

function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

const link = (from, to) => {
  mkdirSync(dirname(to), { recursive: true });
  linkSync(from, to);
};

function write(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
