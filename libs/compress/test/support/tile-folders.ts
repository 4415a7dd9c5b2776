import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePng } from '@hamon/inference';
import { readIndexMap } from '../../src/dataset/labelled/read-index-map.js';
import { REFERENCE } from './reference.js';
import { temporaryFolder } from './small-bundle.js';

const DEFECTS = ['Blowhole', 'Break', 'Crack', 'Fray', 'Uneven'];
const TILES = join(REFERENCE, 'tiles/test');
const MASKS = join(REFERENCE, 'tiles-masks/test');
const SIDE = 112;

interface TileBoxes {
  readonly file: string;
  readonly boxes: readonly { x: number; y: number; width: number; height: number; label: string }[];
}
interface TileTarget {
  readonly file: string;
  readonly exposure: number;
}

/** The 128 images that the reference figures were calibrated with. */
export async function calibrationTiles(): Promise<string> {
  const dir = await temporaryFolder();
  const { files } = await json<{ files: readonly string[] }>(
    join(REFERENCE, 'reference/calibration-128.json'),
  );
  for (const file of files) await link(join(REFERENCE, 'tiles/train', file), join(dir, file));
  return dir;
}

/** The test tiles with what each task needs to know of them. */
export const testTiles = {
  boxes: async (): Promise<string> => {
    const dir = await temporaryFolder();
    const files = await linkTiles(dir);
    const boxes = new Map((await listed<TileBoxes>('boxes.json')).map((tile) => [tile.file, tile.boxes]));
    await writeFile(
      join(dir, 'annotations.json'),
      JSON.stringify({
        images: files.map((file, id) => ({ id, file_name: file, width: SIDE, height: SIDE })),
        annotations: files.flatMap((file, id) =>
          (boxes.get(file) ?? []).map(({ x, y, width, height, label }) => ({
            image_id: id,
            category_id: DEFECTS.indexOf(label),
            bbox: [x, y, width, height],
          })),
        ),
        categories: DEFECTS.map((name, id) => ({ id, name })),
      }),
    );
    return dir;
  },
  masks: async (): Promise<string> => {
    const dir = await temporaryFolder();
    for (const file of await linkTiles(join(dir, 'images'))) {
      const label = DEFECTS.indexOf(file.split('/')[0] ?? '') + 1;
      const marked = label === 0 ? undefined : await readIndexMap(join(MASKS, file));
      const mask = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => (marked?.labels[at] ? label : 0));
      await put(join(dir, 'masks', file), await encodePng(mask, { width: SIDE, height: SIDE, channels: 1 }));
    }
    return dir;
  },
  anomalous: async (): Promise<string> => {
    const dir = await temporaryFolder();
    for (const file of await tiles()) {
      const [label = '', name = ''] = file.split('/');
      await link(join(TILES, file), join(dir, label === 'Free' ? 'good' : label, name));
      if (label !== 'Free') await link(join(MASKS, file), join(dir, 'ground_truth', label, name));
    }
    return dir;
  },
  values: async (): Promise<string> => {
    const dir = await temporaryFolder();
    await linkTiles(dir);
    // An exposure of 0 is one that nobody knows.
    const known = (await listed<TileTarget>('targets.json')).filter(({ exposure }) => exposure > 0);
    const lines = known.map(({ file, exposure }) => `${file},${exposure}`);
    await writeFile(join(dir, 'values.csv'), ['file,exposure', ...lines].join('\n'));
    return dir;
  },
};

async function tiles(): Promise<readonly string[]> {
  const all: string[] = [];
  for (const label of (await readdir(TILES)).sort())
    for (const name of (await readdir(join(TILES, label))).sort()) all.push(`${label}/${name}`);
  return all;
}

async function linkTiles(dir: string): Promise<readonly string[]> {
  const files = await tiles();
  for (const file of files) await link(join(TILES, file), join(dir, file));
  return files;
}

async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await symlink(from, to);
}

async function put(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const json = async <Content>(path: string): Promise<Content> =>
  JSON.parse(await readFile(path, 'utf8')) as Content;

const listed = async <Tile>(file: string): Promise<readonly Tile[]> =>
  (await json<{ images: readonly Tile[] }>(join(MASKS, file))).images;
