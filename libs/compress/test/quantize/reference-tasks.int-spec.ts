import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runs } from '@hamon/testing';
import { readModel, type OnnxModel } from '@hamon/onnx';
import { recordOutputs } from '../../src/dataset/run-samples.js';
import { SampleQuality } from '../../src/dataset/sample-quality.js';
import type { SampleSource } from '../../src/dataset/sample-source.js';
import { finishVariant } from '../../src/quantize/finish-variant.js';
import { quantizeStatic } from '../../src/quantize/static/quantize-static.js';
import { parseRecipe } from '../../src/recipe/read-recipe.js';
import { openSamples } from '../../src/source/open-samples.js';
import { openSource } from '../../src/source/open-source.js';
import { calibrationTiles, testTiles } from '../support/tile-folders.js';
import { hasReference, REFERENCE } from './models.js';

/**
 * Figures of the float model, and bytes of the smallest file of onnxruntime's Python tool that keeps the metric: of the
 * detectors it is the one whose tail was left float by hand.
 */
const MODELS = [
  {
    name: 'tile-detector-2.0.0',
    truth: 'boxes',
    float: { mAP50: 0.574, mAP50to95: 0.2843 },
    toolBytes: 238_396,
  },
  { name: 'tile-anomaly-1.0.0', truth: 'anomalous', float: { imageAUROC: 0.9031 }, toolBytes: 194_357 },
  {
    name: 'tile-detector-1.0.0',
    truth: 'boxes',
    float: { mAP50: 0.2991, mAP50to95: 0.1233 },
    toolBytes: 156_592,
  },
  { name: 'tile-segmenter-1.0.0', truth: 'masks', float: { mIoU: 0.2183 }, toolBytes: 101_428 },
  { name: 'tile-segmenter-2.0.0', truth: 'masks', float: { mIoU: 0.3674 }, toolBytes: 177_301 },
  { name: 'tile-anomaly-2.0.0', truth: 'anomalous', float: { imageAUROC: 0.9452 }, toolBytes: 190_597 },
  { name: 'tile-exposure-1.0.0', truth: 'values', float: { R2: 0.8012 }, toolBytes: 16_956 },
  { name: 'tile-exposure-2.0.0', truth: 'values', float: { R2: 0.8308 }, toolBytes: 31_413 },
] as const;

const ONE_POINT = 0.01;

async function figuresOf(model: OnnxModel, samples: SampleSource) {
  const quality = SampleQuality.over(samples);
  if (quality === undefined) throw new Error('nobody knows what the samples show');
  const { outputs } = await recordOutputs(model, samples, { threads: 1 });
  for (const [index, tensors] of outputs.entries()) await quality.add(index, tensors);
  return quality.build();
}

(hasReference ? describe : describe.skip)(
  `static int8 of other tasks (needs ${join('..', 'shared', 'data')})`,
  () => {
    it.each(MODELS.slice(0, runs(2, MODELS.length)))(
      '$name keeps its metric within a point, in no more bytes than the Python tool',
      async ({ name, truth, float, toolBytes }) => {
        const source = await openSource(join(REFERENCE, 'models', name));
        const folders = { calibration: await calibrationTiles(), evaluate: await testTiles[truth]() };
        const recipe = parseRecipe({ variants: ['int8-static'] });
        const { calibration, judging, evaluation } = await openSamples(source, folders, recipe);
        if (!calibration || !judging || !evaluation) throw new Error('there are no samples');
        const before = await figuresOf(source.model, evaluation);
        for (const [figure, value] of Object.entries(float))
          expect(before.figures[figure]).toBeCloseTo(value, 2);
        const { model, notes } = await quantizeStatic(source.model, calibration);
        const { bytes } = finishVariant('int8-static', model);
        expect(bytes.length).toBeLessThanOrEqual(toolBytes);
        const { figures } = await figuresOf(readModel(bytes), evaluation);
        for (const [figure, value] of Object.entries(float))
          expect(figures[figure]).toBeGreaterThanOrEqual(value - ONE_POINT);
        expect(notes.floatHeads.every((head) => /\/p[bc]\./.test(head))).toBe(true);
      },
      600_000,
    );
  },
);
