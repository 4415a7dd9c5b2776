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
      'more label text than a window of telemetry can carry',
      { output: { ...output, labels: Array.from({ length: 1000 }, (_, i) => `${i}${'傷'.repeat(90)}`) } },
      'output.labels: labels take at most 128 KiB together',
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
    ['another task', { task: 'detection' }, 'task: only task "classification" can be served'],
  ];
  test.each(table)('%s is refused by field and rule', (_what, change, message) => {
    expect(problemsOf({ ...bundle, ...change })).toContain(message);
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
