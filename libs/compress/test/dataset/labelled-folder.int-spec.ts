import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '@hamon/inference';
import type { ExpectedTruth } from '../../src/dataset/labelled/labelled-folder.js';
import { openLabelledFolder } from '../../src/dataset/labelled/open-labelled-folder.js';

const expected: ExpectedTruth = { labels: ['Background', 'Crack', 'Fray'], values: ['exposure', 'area'] };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hamon-labelled-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const png = (pixels: readonly number[], width: number): Promise<Uint8Array> =>
  encodePng(Uint8Array.from(pixels), { width, height: pixels.length / width, channels: 1 });

const image = async (path: string, width = 4, height = 2): Promise<void> =>
  put(
    path,
    await png(
      Array.from({ length: width * height }, () => 9),
      width,
    ),
  );

const coco = (changes: object = {}): string =>
  JSON.stringify({
    images: [
      { id: 7, file_name: 'a.png', width: 4, height: 2 },
      { id: 8, file_name: 'b.png', width: 4, height: 2 },
    ],
    annotations: [
      { id: 1, image_id: 7, category_id: 2, bbox: [1, 0, 2, 1.5], iscrowd: 0 },
      { id: 2, image_id: 7, category_id: 1, bbox: [0, 0, 4, 2], iscrowd: 1 },
    ],
    categories: [
      { id: 1, name: 'Crack' },
      { id: 2, name: 'Fray' },
    ],
    ...changes,
  });

const problem = (code: string, message: RegExp): object => ({
  code,
  message: expect.stringMatching(message),
});

describe('annotations.json', () => {
  beforeEach(async () => {
    await image('images/a.png');
    await image('b.png');
  });

  it('gives the boxes of each image, none for one without annotations', async () => {
    await put('annotations.json', coco());
    const folder = await openLabelledFolder(dir, expected);
    expect(folder).toMatchObject({ form: 'coco', gives: 'boxes', groups: ['Fray', ''] });
    expect(folder.files).toEqual([join(dir, 'images', 'a.png'), join(dir, 'b.png')]);
    expect(await folder.truthOf(0)).toEqual({
      boxes: [
        { label: 'Fray', x: 1, y: 0, width: 2, height: 1.5 },
        { label: 'Crack', x: 0, y: 0, width: 4, height: 2, isCrowd: true },
      ],
    });
    expect(await folder.truthOf(1)).toEqual({ boxes: [] });
  });

  const annotation = { id: 1, image_id: 7, category_id: 2, bbox: [1, 0, 2, 1.5] };
  it.each([
    ['no JSON', 'nothing', 'dataset-invalid', /annotations\.json: is no JSON/],
    ['no lists', coco({ images: {} }), 'dataset-invalid', /"images" must be a list/],
    ['no image', coco({ images: [], annotations: [] }), 'dataset-empty', /names no image/],
    [
      'an image that is missing',
      coco({ images: [{ id: 7, file_name: 'c.png' }] }),
      'dataset-invalid',
      /names the image c\.png/,
    ],
    [
      'a path out of the folder',
      coco({ images: [{ id: 7, file_name: '../a.png' }] }),
      'dataset-invalid',
      /path within .*"\.\.\/a\.png"/,
    ],
    [
      'an annotation of no image',
      coco({ annotations: [{ ...annotation, image_id: 9 }] }),
      'dataset-invalid',
      /annotation 0 names the image 9/,
    ],
    [
      'an annotation of no category',
      coco({ annotations: [{ ...annotation, category_id: 5 }] }),
      'dataset-invalid',
      /annotation 0 names the category 5/,
    ],
    [
      'a category that the model does not know',
      coco({
        categories: [
          { id: 1, name: 'Crack' },
          { id: 2, name: 'dog' },
        ],
      }),
      'labels-mismatch',
      /annotation 0 is of the category "dog".*Background, Crack, Fray/,
    ],
    [
      'a box of no height',
      coco({ annotations: [{ ...annotation, bbox: [1, 1, 3, 0] }] }),
      'dataset-invalid',
      /annotation 0: "bbox"/,
    ],
    [
      'a box of three figures',
      coco({ annotations: [{ ...annotation, bbox: [1, 1, 3] }] }),
      'dataset-invalid',
      /annotation 0: "bbox"/,
    ],
  ])('is refused with %s', async (_what, text, code, message) => {
    await put('annotations.json', text);
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(problem(code, message));
  });
});

describe('labels/ beside images/', () => {
  beforeEach(async () => {
    await image('images/line1/a.png', 100, 50);
    await image('images/b.png', 10, 10);
  });

  it('gives boxes in pixels of each image', async () => {
    await put('labels/line1/a.txt', '1 0.5 0.5 0.2 0.4\r\n\n2 0.1 0.1 0.2 0.2\n');
    const folder = await openLabelledFolder(dir, expected);
    expect(folder).toMatchObject({ form: 'yolo', gives: 'boxes', groups: ['', 'Crack'] });
    const { boxes = [] } = await folder.truthOf(1);
    expect(boxes.map(({ label }) => label)).toEqual(['Crack', 'Fray']);
    expect(boxes[0]).toMatchObject({ x: 40, y: 15, width: 20, height: 20 });
    expect(await folder.truthOf(0)).toEqual({ boxes: [] });
  });

  it('takes the names of classes.txt before the order of the labels', async () => {
    await put('labels/classes.txt', 'Fray\nCrack\n');
    await put('labels/b.txt', '0 0.5 0.5 1 1');
    const truth = await (await openLabelledFolder(dir, expected)).truthOf(0);
    expect(truth).toEqual({
      boxes: [{ label: 'Fray', x: 0, y: 0, width: 10, height: 10 }],
    });
    await put('labels/classes.txt', 'Fray\nDent\n');
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(
      problem('labels-mismatch', /classes\.txt.*"Dent"/),
    );
  });

  it.each([
    ['a class beyond the labels', '3 0.5 0.5 1 1', 'labels-mismatch', /b\.txt line 1 is of the class 3/],
    ['a class that is no number', 'x 0.5 0.5 1 1', 'labels-mismatch', /class x/],
    ['a centre outside the image', '1 0.5 1.5 1 1', 'dataset-invalid', /line 1: .*from 0 to 1.*0\.5 1\.5/],
    ['a figure that is none', '1 0.5 NaN 1 1', 'dataset-invalid', /line 1/],
    ['no size', '1 0.5 0.5 0 1', 'dataset-invalid', /line 1/],
    ['a polygon', '1 0.1 0.1 0.2 0.1 0.2 0.2', 'dataset-invalid', /line 1 has 7 figures/],
  ])('is refused with %s', async (_what, text, code, message) => {
    await put('labels/b.txt', text);
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(problem(code, message));
  });

  it('is refused with labels of no image', async () => {
    await put('labels/c.txt', '');
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(
      problem('dataset-invalid', /c\.txt labels an image that is not in/),
    );
  });
});

describe('masks/ beside images/', () => {
  beforeEach(() => image('images/a.png'));

  it('gives the index of each pixel', async () => {
    await put('masks/a.png', await png([0, 1, 2, 2, 0, 0, 1, 1], 4));
    const folder = await openLabelledFolder(dir, expected);
    expect(folder).toMatchObject({ form: 'masks', gives: 'mask' });
    const { mask } = await folder.truthOf(0);
    expect([...(mask?.labels ?? [])]).toEqual([0, 1, 2, 2, 0, 0, 1, 1]);
  });

  it('is refused where a mask is missing, has another size, or names no label', async () => {
    await put('masks/b.png', await png([0], 1));
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(
      problem('dataset-invalid', /a\.png has no mask/),
    );
    await put('masks/a.png', await png([0, 0, 0, 0], 2));
    await expect((await openLabelledFolder(dir, expected)).truthOf(0)).rejects.toMatchObject(
      problem('dataset-invalid', /masks\/a\.png has 2×2 pixels, its image 4×2/),
    );
    await put('masks/a.png', await png([0, 0, 0, 0, 0, 0, 0, 3], 4));
    await expect((await openLabelledFolder(dir, expected)).truthOf(0)).rejects.toMatchObject(
      problem('labels-mismatch', /masks\/a\.png holds a pixel of 3/),
    );
  });
});

describe('good/ beside other subfolders', () => {
  it('tells sound things from faults, and where those were marked', async () => {
    await image('test/good/0.png');
    await image('test/scratch/0.png');
    await image('test/scratch/1.png');
    await put('ground_truth/scratch/0_mask.png', await png([0, 0, 255, 0, 0, 0, 0, 0], 4));
    const folder = await openLabelledFolder(join(dir, 'test'), {});
    expect(folder).toMatchObject({ form: 'anomaly', groups: ['good', 'scratch', 'scratch'] });
    expect(await folder.truthOf(0)).toEqual({ anomalous: false });
    expect(await folder.truthOf(1)).toMatchObject({
      anomalous: true,
      anomalyMask: { labels: Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0) },
    });
    expect(await folder.truthOf(2)).toEqual({ anomalous: true });
  });

  it('is refused with the mask of no image', async () => {
    await image('good/0.png');
    await image('scratch/0.png');
    await put('ground_truth/scratch/5_mask.png', await png([0], 1));
    await expect(openLabelledFolder(dir, {})).rejects.toMatchObject(
      problem('dataset-invalid', /5_mask\.png is the mask of no image/),
    );
  });

  it('is a class like others for a model that has the label', async () => {
    await image('good/0.png');
    await image('bad/0.png');
    const folder = await openLabelledFolder(dir, { labels: ['good', 'bad'] });
    expect(folder.form).toBe('classes');
    expect(await folder.truthOf(0)).toEqual({ label: 'bad' });
  });
});

describe('values.csv', () => {
  beforeEach(async () => {
    await image('Free/a.png');
    await image('images/b, c.png');
  });

  it('gives one number for each value, whatever the order of the columns', async () => {
    await put('values.csv', '\uFEFFfile,area,exposure\r\nFree/a.png,0.5,3\r\n"b, c.png",-1e2,4\r\n');
    const folder = await openLabelledFolder(dir, expected);
    expect(folder).toMatchObject({ form: 'values', gives: 'values' });
    expect(await folder.truthOf(0)).toEqual({ values: { area: 0.5, exposure: 3 } });
    expect(await folder.truthOf(1)).toEqual({ values: { area: -100, exposure: 4 } });
  });

  const head = 'file,exposure,area\n';
  it.each([
    ['other columns', 'name,exposure,area\n', 'dataset-invalid', /first line must be "file"/],
    ['an unknown column', 'file,exposure,area,weight\n', 'labels-mismatch', /"weight" is no value/],
    ['a value without a column', 'file,exposure\n', 'labels-mismatch', /no column "area"/],
    ['a column twice', 'file,area,area\n', 'dataset-invalid', /"area" twice/],
    ['an unknown file', `${head}z.png,1,2\n`, 'dataset-invalid', /line 2 names z\.png/],
    ['a word for a number', `${head}Free/a.png,one,2\n`, 'dataset-invalid', /line 2: "exposure".*"one"/],
    ['nothing for a number', `${head}Free/a.png,,2\n`, 'dataset-invalid', /line 2: "exposure"/],
    ['a field too few', `${head}Free/a.png,1\n`, 'dataset-invalid', /line 2 has 2 fields/],
    ['an image twice', `${head}Free/a.png,1,2\nFree/a.png,1,2\n`, 'dataset-invalid', /line 3 .*again/],
    ['a path out of the folder', `${head}../a.png,1,2\n`, 'dataset-invalid', /line 2.*path within/],
    ['no images', head, 'dataset-empty', /names no image/],
  ])('is refused with %s', async (_what, text, code, message) => {
    await put('values.csv', text);
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(problem(code, message));
  });
});

describe('a folder', () => {
  it('must not say twice what its images show', async () => {
    await image('images/a.png');
    await put('labels/a.txt', '');
    await put('values.csv', 'file,exposure,area\n');
    await expect(openLabelledFolder(dir, expected)).rejects.toMatchObject(
      problem('dataset-invalid', /labels\/ and values\.csv/),
    );
  });

  it('of images alone shows nothing, with or without images/ around them', async () => {
    await image('images/a.png');
    const folder = await openLabelledFolder(dir, expected);
    expect(folder).toMatchObject({ form: 'images', files: [join(dir, 'images', 'a.png')] });
    expect(folder.gives).toBeUndefined();
  });
});
