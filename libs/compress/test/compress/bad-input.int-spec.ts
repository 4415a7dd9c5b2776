import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, Tensor, writeModel, type Dimension, type OnnxModel } from '@hamon/onnx';
import { compress } from '../../src/compress.js';
import type { CompressOptions } from '../../src/compress-options.js';
import { externalDataModel } from '../support/external-data-model.js';
import {
  BUNDLE,
  brightnessModel,
  bundleFolder,
  imageFolder,
  QUICK,
  SIDE,
  temporaryFolder,
} from '../support/small-bundle.js';

/** A model of one doubling, with whatever shape its input has. */
const doubling = (dims: readonly Dimension[], more: Record<string, { dims: Dimension[] }> = {}): OnnxModel =>
  createModel({
    inputs: { x: { dims }, ...more },
    outputs: { y: { dims } },
    nodes: [{ opType: 'Mul', inputs: ['x', 'two'], outputs: ['y'] }],
    initializers: [Tensor.ofFloats('two', [], [2])],
  });

const unknownOperator = (): OnnxModel =>
  createModel({
    inputs: { image: { dims: ['batch', 1, SIDE, SIDE] } },
    outputs: { probabilities: { dims: ['batch', 3] } },
    nodes: [{ opType: 'Frobnicate', domain: 'org.example', inputs: ['image'], outputs: ['probabilities'] }],
    domains: { 'org.example': 1 },
  });

async function file(model: OnnxModel | Uint8Array | string): Promise<string> {
  const path = join(await temporaryFolder(), 'model.onnx');
  await writeFile(path, typeof model === 'string' || model instanceof Uint8Array ? model : writeModel(model));
  return path;
}

async function emptyFolder(): Promise<string> {
  const dir = await temporaryFolder();
  await mkdir(join(dir, 'dark'));
  return dir;
}

async function quantizedBefore(): Promise<string> {
  const out = join(await temporaryFolder(), 'first');
  await compress({
    source: await bundleFolder(),
    out,
    calibration: await imageFolder(2),
    recipe: { variants: ['int8-static'], ...QUICK },
  });
  return bundleFolder(await readFile(join(out, 'model.int8-static.onnx')));
}

const { scale: _scale, mean: _mean, std: _std, ...plain } = BUNDLE.input;
const AS_IT_IS = { ...plain, dtype: 'uint8' };

type Case = readonly [
  what: string,
  code: string,
  message: RegExp,
  options: () => Promise<Partial<CompressOptions> & { variants?: string[] }>,
];

const CASES: readonly Case[] = [
  [
    'a bundle whose input is fed as it is',
    'model-unsupported',
    /only input is float32; "image" is uint8/,
    async () => ({
      source: await bundleFolder(undefined, { schema: 'hamon.bundle/2', input: AS_IT_IS }),
    }),
  ],
  [
    'a bundle whose model is fed constants',
    'model-unsupported',
    /only input is float32; this one is fed size as well/,
    async () => ({
      source: await bundleFolder(undefined, {
        schema: 'hamon.bundle/2',
        input: { ...BUNDLE.input, constants: { size: [8, 8] } },
      }),
    }),
  ],
  [
    'a source that is not there',
    'source-invalid',
    /nowhere does not exist/,
    async () => ({ source: 'nowhere' }),
  ],
  [
    'a file that is no model',
    'not-onnx',
    /ONNX/,
    async () => ({ source: await file('hello, this is text') }),
  ],
  [
    'a truncated model',
    'truncated',
    /byte|end/i,
    async () => ({ source: await file(writeModel(brightnessModel()).subarray(0, 900)) }),
  ],
  [
    'data in another file that is not there',
    'external-data-missing',
    /weights\.bin/,
    async () => ({ source: await file(externalDataModel()), calibration: undefined }),
  ],
  [
    'a bundle without bundle.json',
    'source-invalid',
    /bundle\.json/,
    async () => ({ source: await emptyFolder() }),
  ],
  [
    'a bundle without an original',
    'source-invalid',
    /"fp32"/,
    async () => ({
      source: await bundleFolder(undefined, { variants: [{ name: 'int8', file: 'model.fp32.onnx' }] }),
    }),
  ],
  [
    'a bundle whose bundle.json breaks a rule',
    'source-invalid',
    /task/,
    async () => ({ source: await bundleFolder(undefined, { task: 'poetry' }) }),
  ],
  [
    'a model that is quantized already',
    'already-quantized',
    /quantized already .*Linear/,
    async () => ({ source: await quantizedBefore() }),
  ],
  [
    'weights that are no numbers',
    'weights-not-finite',
    /"w2" holds NaN at element 5/,
    async () => ({ source: await bundleFolder(brightnessModel((weights) => (weights[5] = NaN))) }),
  ],
  [
    'open lengths besides the batch',
    'dynamic-shape',
    /input "x" is \[batch, height, 4\]/,
    async () => ({ source: await file(doubling(['batch', 'height', 4])), calibration: undefined }),
  ],
  [
    'an input shape that contradicts the bundle',
    'dynamic-shape',
    /\[batch, 1, side, 9\], the bundle feeds \[1, 1, 8, 8\]/,
    async () => ({
      source: await bundleFolder(
        createModel({
          inputs: { image: { dims: ['batch', 1, 'side', 9] } },
          outputs: { probabilities: { dims: ['batch', 3] } },
          nodes: [{ opType: 'Flatten', inputs: ['image'], outputs: ['probabilities'] }],
        }),
      ),
    }),
  ],
  [
    'a model with two inputs',
    'model-unsupported',
    /2 inputs \(x, z\)/,
    async () => ({ source: await file(doubling([1, 4], { z: { dims: [1] } })), calibration: undefined }),
  ],
  [
    'an operator that onnxruntime does not know',
    'model-unloadable',
    /Frobnicate/,
    async () => ({ source: await bundleFolder(unknownOperator()), variants: ['int8-weights'] }),
  ],
  [
    'no calibration images',
    'dataset-empty',
    /holds no file/,
    async () => ({ calibration: await emptyFolder() }),
  ],
  [
    'a calibration folder that is not there',
    'dataset-invalid',
    /nowhere/,
    async () => ({ calibration: 'nowhere' }),
  ],
  [
    'calibration images of another size',
    'dataset-invalid',
    /(dark|grey|bright).0\.png: .*9×9 pixels, the model takes 8×8/,
    async () => ({ calibration: await imageFolder(1, { side: 9 }) }),
  ],
  [
    'evaluation images of another size',
    'dataset-invalid',
    /9×9 pixels/,
    async () => ({ evaluate: await imageFolder(1, { side: 9 }) }),
  ],
  [
    'class folders that are no labels',
    'labels-mismatch',
    /class folder "blue", the model's labels are dark, grey, bright/,
    async () => ({ evaluate: await imageFolder(1, { labels: ['dark', 'blue'] }) }),
  ],
  [
    'labels that do not match the output',
    'labels-mismatch',
    /3.*2 labels|2 labels.*3/,
    async () => ({
      source: await bundleFolder(undefined, {
        output: { name: 'probabilities', activation: 'none', labels: ['dark', 'grey'] },
      }),
      calibration: await imageFolder(1, { labels: ['dark', 'grey'] }),
      variants: ['int8-weights'],
    }),
  ],
  [
    'no calibration where it is needed',
    'option-invalid',
    /int8-static needs --calibration/,
    async () => ({ calibration: undefined }),
  ],
  [
    'images for a model that does not say how they are fed',
    'option-invalid',
    /--calibration needs a bundle folder/,
    async () => ({ source: await file(doubling([1, 4])) }),
  ],
  ['an unknown variant', 'option-invalid', /variants\.0/, async () => ({ variants: ['int7'] })],
];

describe('bad input', () => {
  let [source, calibration] = ['', ''];
  beforeAll(async () => {
    source = await bundleFolder();
    calibration = await imageFolder(2);
  });

  it.each(CASES)('%s ends with %s', async (_what, code, message, options) => {
    const parent = await temporaryFolder();
    const { variants = ['int8-static'], ...given } = await options();
    const running = compress({
      source,
      calibration,
      ...given,
      out: join(parent, 'out'),
      recipe: { variants, ...QUICK },
    });
    await expect(running).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
    // Nothing half-made stays behind.
    expect(await readdir(parent)).toEqual([]);
  });
});
