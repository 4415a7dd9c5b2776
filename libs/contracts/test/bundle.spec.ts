import { describe, expect, test } from 'vitest';
import {
  BundleDocument,
  BundleIndex,
  BundlePath,
  describeProblems,
  fieldProblems,
  goldenFor,
} from '../src/index.js';

const bundle = {
  schema: 'hamon.bundle/1',
  model: 'tile-inspector',
  version: '2.0.0',
  task: 'classification',
  input: {
    name: 'image',
    layout: 'NCHW',
    width: 112,
    height: 112,
    channels: 1,
    dtype: 'float32',
    resize: 'stretch',
    scale: 1 / 255,
    mean: [0.5],
    std: [0.25],
  },
  output: { name: 'probabilities', activation: 'none', labels: ['a', 'b'] },
  variants: [{ name: 'fp32', file: 'model.fp32.onnx' }],
  golden: [{ file: 'golden/0.png', expect: { label: 'a', probabilities: [0.9, 0.1], tolerance: 0.02 } }],
  budgets: { p95Ms: 50, rssMb: 300 },
};
const problemsOf = (document: unknown): string => {
  const parsed = BundleDocument.safeParse(document);
  return parsed.success ? '' : describeProblems(fieldProblems(parsed.error));
};

describe('bundle.json', () => {
  test('a correct one is accepted', () => expect(problemsOf(bundle)).toBe(''));

  const { input, output } = bundle;
  const table: readonly (readonly [string, object, string])[] = [
    [
      'means for three channels',
      { input: { ...input, mean: [0, 0, 0] } },
      'input.mean: must have one value per channel (1)',
    ],
    ['a std of 0', { input: { ...input, std: [0] } }, 'input.std.0: must be above 0'],
    ['two channels', { input: { ...input, channels: 2 } }, 'input.channels'],
    [
      'a label twice',
      { output: { ...output, labels: ['a', 'a'] } },
      'output.labels: labels must be distinct',
    ],
    [
      'more label text than bundle.json has room for',
      {
        output: { ...output, labels: Array.from({ length: 3000 }, (_, i) => `${i}${'傷'.repeat(90)}`) },
        golden: [],
      },
      'output.labels: labels take at most 512 KiB together',
    ],
    [
      'more than ten thousand labels',
      { output: { ...output, labels: Array.from({ length: 10_001 }, (_, i) => `label ${i}`) }, golden: [] },
      'output.labels: Too big',
    ],
    [
      'a golden label that is none',
      { golden: [{ file: 'g.png', expect: { label: 'z', probabilities: [1, 0], tolerance: 0.1 } }] },
      'golden.0.expect.label: "z" is not one of output.labels',
    ],
    [
      'too few probabilities',
      { golden: [{ file: 'g.png', expect: { label: 'a', probabilities: [1], tolerance: 0.1 } }] },
      'golden.0.expect.probabilities: must have one value per label (2)',
    ],
    ['a path out of the folder', { variants: [{ name: 'fp32', file: '../model.onnx' }] }, 'variants.0.file'],
    [
      'a variant twice',
      { variants: [bundle.variants[0], bundle.variants[0]] },
      'variants: variant names must be distinct',
    ],
    ['a version that is none', { version: '2.0' }, 'version: version must be MAJOR.MINOR.PATCH'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['another task', { task: 'detection' }, 'task: hamon.bundle/1 is of classification'],
    [
      'a schema that is none',
      { schema: 'hamon.bundle/3' },
      'schema must be "hamon.bundle/1" or "hamon.bundle/2"',
    ],
  ];
  test.each(table)('%s is refused by field and rule', (_what, change, message) => {
    expect(problemsOf({ ...bundle, ...change })).toContain(message);
  });

  test('more labels than a window names are accepted, and a broken one is told about once', () => {
    const labels = Array.from({ length: 1200 }, (_, i) => `part ${i}`);
    const many = { ...bundle, output: { ...output, labels }, golden: [{ file: 'golden/0.png' }] };
    expect(problemsOf(many)).toBe('');
    const twice = { ...many, output: { ...output, labels: [...labels, 'part 7'] } };
    expect(problemsOf(twice)).toBe('output.labels: labels must be distinct');
  });

  test("top-level expectations hold for fp32; another variant's own or none", () => {
    const parsed = BundleDocument.parse({
      ...bundle,
      variants: [...bundle.variants, { name: 'int8', file: 'm.onnx' }],
    });
    expect(goldenFor(parsed, 'fp32')).toEqual(bundle.golden);
    expect(goldenFor(parsed, 'int8')).toEqual([{ file: 'golden/0.png' }]);
  });
});

describe('an input', () => {
  const { input } = bundle;
  const accepted: readonly (readonly [string, object])[] = [
    ['blue first', { channels: 3, order: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] }],
    ['in 16-bit floats', { dtype: 'float16' }],
    ['of bytes, without arithmetic', { dtype: 'uint8', scale: undefined, mean: undefined, std: undefined }],
    ['of bytes, with the arithmetic that changes nothing', { dtype: 'uint8', scale: 1, mean: [0], std: [1] }],
    ['padded in grey', { resize: 'contain', pad: 114 }],
    ['beside constants', { constants: { scale: [1, 2] } }],
  ];
  test.each(accepted)('%s is accepted', (_what, change) =>
    expect(problemsOf({ ...bundle, input: defined({ ...input, ...change }) })).toBe(''),
  );

  const refused: readonly (readonly [string, object, string])[] = [
    ['bytes that are to be scaled', { dtype: 'uint8' }, 'input.dtype: uint8 is fed as it is'],
    ['floats without a scale', { scale: undefined }, 'input.scale: is required'],
    ['one channel, blue first', { order: 'bgr' }, 'input.order: is of three channels'],
    ['padding where nothing is padded', { pad: 114 }, 'input.pad: belongs to resize "contain"'],
    [
      'its own name among the constants',
      { constants: { image: [1] } },
      "input.constants.image: is the image's",
    ],
  ];
  test.each(refused)('%s is refused by field and rule', (_what, change, message) =>
    expect(problemsOf({ ...bundle, input: defined({ ...input, ...change }) })).toContain(message),
  );
});

const defined = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

describe('hamon.bundle/2', () => {
  const yolo = { format: 'yolo', name: 'output0', labels: ['dent', 'scratch'], threshold: 0.25 };
  const of = (task: string, spec: object, expect?: object): object => ({
    ...bundle,
    schema: 'hamon.bundle/2',
    task,
    output: spec,
    golden: expect && [{ file: 'g.png', expect }],
  });
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const accepted: readonly (readonly [string, object])[] = [
    ['classification', of('classification', bundle.output)],
    [
      'detection',
      of('detection', yolo, { detections: [{ label: 'dent', confidence: 0.9, box }], tolerance: 0.02 }),
    ],
    ['a threshold per label', of('detection', { ...yolo, threshold: [0.25, 0.6] })],
    [
      'separate outputs',
      of('detection', {
        ...yolo,
        format: 'end-to-end',
        name: undefined,
        boxes: 'b',
        scores: 's',
        classes: 'c',
      }),
    ],
    [
      'segmentation',
      of(
        'segmentation',
        { name: 'logits', labels: ['none', 'dent'], background: 0 },
        { shares: { dent: 0.1 }, tolerance: 0.02 },
      ),
    ],
    [
      'anomaly',
      of('anomaly', { map: 'map', minimum: 0, threshold: 4, maximum: 9 }, { score: 0.4, tolerance: 0.02 }),
    ],
    [
      'regression',
      of(
        'regression',
        { name: 'y', values: [{ name: 'gap', unit: 'mm' }] },
        { values: { gap: 2 }, tolerance: 0.1 },
      ),
    ],
  ];
  test.each(accepted)('%s is accepted', (_what, document) => expect(problemsOf(defined(document))).toBe(''));

  const refused: readonly (readonly [string, object, string])[] = [
    ['keypoints', of('keypoints', {}), 'keypoints (poses) are not served'],
    ['oriented boxes', of('obb', {}), 'oriented boxes are not served; "detection" answers with upright ones'],
    ['masks of instances', of('instance-segmentation', {}), 'masks of single instances are not served'],
    ['several labels a frame', of('multi-label', {}), 'several labels a frame are not served'],
    [
      'a task that is none',
      of('tracking', {}),
      'task must be one of classification, detection, segmentation, anomaly, regression',
    ],
    ['a threshold of 1', of('detection', { ...yolo, threshold: 1 }), 'output.threshold'],
    ['a threshold of 0', of('detection', { ...yolo, threshold: 0 }), 'output.threshold'],
    [
      'thresholds for other labels',
      of('detection', { ...yolo, threshold: [0.5] }),
      'output.threshold: must be one number, or one per label (2), has 1',
    ],
    [
      'a threshold that is none',
      of('detection', { ...yolo, threshold: 'high' }),
      'output.threshold: it must be a number above 0 and below 1, or one per label',
    ],
    ['no threshold', of('detection', { ...yolo, threshold: undefined }), 'output.threshold: is missing'],
    [
      'a head that no format reads',
      of('detection', { ...yolo, format: 'fastestdet' }),
      'output.format: must be one of yolo, yolo-objectness, ssd, detr, yolox, end-to-end',
    ],
    ['a task named as what every object has', of('constructor', {}), 'task must be one of classification'],
    [
      'a golden mask of another size',
      of(
        'segmentation',
        { name: 'logits', labels: ['none', 'dent'] },
        { shares: {}, mask: { width: 4, height: 2, rle: [0, 5, 1, 2] }, tolerance: 0.02 },
      ),
      'golden.0.expect.mask.rle: must be pairs of label and pixels that make 8 pixels, makes 7',
    ],
    [
      'a golden mask of other labels',
      of(
        'segmentation',
        { name: 'logits', labels: ['none', 'dent'] },
        { shares: {}, mask: { width: 4, height: 2, rle: [0, 5, 2, 3] }, tolerance: 0.02 },
      ),
      'golden.0.expect.mask.rle: holds label 2, output.labels are 0 to 1',
    ],
    [
      'an anomaly score beyond all numbers',
      of('anomaly', { score: 's', minimum: -1e308, maximum: 1e308, threshold: 0 }),
      'output.minimum: must lie between -1e+100 and 1e+100',
    ],
    [
      'limits beyond all measures',
      of('regression', { name: 'y', values: [{ name: 'gap', unit: 'mm', minimum: -1e308, maximum: 1e308 }] }),
      'output.values.0.minimum: must lie between -1e+100 and 1e+100',
    ],
    [
      'a golden box of no label',
      of('detection', yolo, { detections: [{ label: 'rust', confidence: 0.9, box }], tolerance: 0.02 }),
      'golden.0.expect.detections.0.label: "rust" is not one of output.labels',
    ],
    [
      'an anomaly model without threshold',
      of('anomaly', { score: 's', minimum: 0, maximum: 9 }),
      "output.threshold: is missing: from what score on a frame is anomalous, in the model's own units",
    ],
    [
      'a threshold beyond the maximum',
      of('anomaly', { score: 's', minimum: 0, maximum: 9, threshold: 11 }),
      'output.threshold: must lie between minimum (0) and maximum (9), is 11',
    ],
    [
      'an anomaly model without outputs',
      of('anomaly', { minimum: 0, maximum: 9, threshold: 4 }),
      'output.score: name a score, a map, or both',
    ],
    [
      'a background that is no label',
      of('segmentation', { name: 'l', labels: ['a', 'b'], background: 2 }),
      'output.background: must be the place of a label, 0 to 1, or null',
    ],
    [
      'a tolerance of a value that is none',
      of(
        'regression',
        { name: 'y', values: [{ name: 'gap', unit: 'mm' }] },
        { values: { gap: 2 }, tolerance: { width: 0.1 } },
      ),
      'golden.0.expect.tolerance.width: is not one of output.values',
    ],
    [
      'limits the wrong way round',
      of('regression', { name: 'y', values: [{ name: 'gap', unit: 'mm', minimum: 3, maximum: 1 }] }),
      'output.values.0: minimum must be below maximum',
    ],
    [
      'an expectation without a value',
      of('regression', { name: 'y', values: [{ name: 'gap', unit: 'mm' }] }, { values: {}, tolerance: 0.1 }),
      'golden.0.expect.values: lacks "gap"',
    ],
  ];
  test.each(refused)('%s is refused by field and rule', (_what, document, message) =>
    expect(problemsOf(defined(document))).toContain(message),
  );
});

test.each([
  '/etc/passwd',
  '../x',
  'a/../b',
  'a//b',
  './a',
  'a\\b',
  '.hidden',
  'a/.b',
  '',
  'a/',
  'C:x',
  'nul\0',
])('path "%s" is refused', (path) => expect(BundlePath.safeParse(path).success).toBe(false));

describe('index', () => {
  const chunk = { sha256: 'a'.repeat(64), length: 10 };
  const file = (path: string, length = 10) => ({ path, length, sha256: 'b'.repeat(64), chunks: [chunk] });
  const parse = (files: object[]) => BundleIndex.safeParse({ schema: 'hamon.index/1', files });

  test('sorted files with bundle.json are accepted', () => {
    expect(parse([file('bundle.json'), file('model.onnx')]).success).toBe(true);
  });
  test.each([
    ['unsorted', [file('model.onnx'), file('bundle.json')]],
    ['doubled', [file('bundle.json'), file('bundle.json')]],
    ['without bundle.json', [file('a.onnx'), file('b.onnx')]],
    ['of wrong lengths', [file('bundle.json'), file('model.onnx', 11)]],
  ])('%s files are refused', (_what, files) => expect(parse(files).success).toBe(false));
});
