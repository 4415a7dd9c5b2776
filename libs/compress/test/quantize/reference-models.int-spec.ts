import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runs } from '@hamon/testing';
import { seededRandom } from '@hamon/stats';
import { ClassificationSpec } from '@hamon/contracts';
import { readBundle } from '@hamon/inference';
import { topIndex } from '@hamon/tasks';
import { readModel, type OnnxModel } from '@hamon/onnx';
import { openImages, openLabelledImages } from '../../src/dataset/image-source.js';
import { samplesOf } from '../../src/dataset/sample-source.js';
import { quantizeDynamic } from '../../src/quantize/dynamic/quantize-dynamic.js';
import { finishVariant } from '../../src/quantize/finish-variant.js';
import { convertToHalf } from '../../src/quantize/half/convert-to-half.js';
import { quantizeStatic } from '../../src/quantize/static/quantize-static.js';
import { quantizeWeights } from '../../src/quantize/weights/quantize-weights.js';
import { hasReference, REFERENCE } from '../support/reference.js';
import { answers } from './models.js';

const describeWithReference = hasReference ? describe : describe.skip;

/** Bytes and bounds as onnxruntime's own Python tool sets them on these files. */
const IMAGE_MODELS = [
  {
    name: 'tile-inspector-2.0.0',
    calibration: 'tiles/train',
    evaluation: 'tiles/test',
    toolBytes: 156_487,
    least: { bytes: 0.9, accuracy: 0.94, agreement: 0.985 },
  },
  {
    name: 'resnet8-cifar10-1.0.0',
    calibration: 'cifar10/calibration',
    evaluation: 'cifar10/eval',
    toolBytes: 96_613,
    least: { bytes: 0.95, accuracy: 0.75, agreement: 0.955 },
  },
];

describeWithReference(`models of the field (needs ${join('..', 'shared', 'data')})`, () => {
  // The first is the costlier one; the benchmark `compress` measures both.
  it.each(IMAGE_MODELS.slice(runs(1, 0)))(
    '$name keeps its answers in int8 and in float16',
    async (reference) => {
      const dir = join(REFERENCE, 'models', reference.name);
      const bundle = await readBundle(dir);
      if (!bundle.ok) throw new Error(bundle.error.detail);
      const { input, output } = bundle.value;
      const { labels } = ClassificationSpec.parse(output);
      const bytes = await readFile(join(dir, 'model.fp32.onnx'));
      const model = readModel(bytes);
      const calibration = await openImages(join(REFERENCE, reference.calibration), input, { labels });
      const evaluation = await openLabelledImages(join(REFERENCE, reference.evaluation), input, { labels });
      const classes = async (one: OnnxModel): Promise<readonly number[]> =>
        (await answers(one, evaluation)).map((values) => topIndex(values));
      const float = await classes(model);
      const share = (found: readonly number[], wanted: (index: number) => number): number =>
        found.filter((label, index) => label === wanted(index)).length / found.length;

      const int8 = finishVariant('int8-static', (await quantizeStatic(model, calibration)).model).bytes;
      const integers = await classes(readModel(int8));
      expect(int8.length).toBeLessThanOrEqual(reference.least.bytes * reference.toolBytes);
      expect(share(integers, (index) => evaluation.labelOf(index))).toBeGreaterThanOrEqual(
        reference.least.accuracy,
      );
      expect(share(integers, (index) => float[index] ?? -1)).toBeGreaterThanOrEqual(
        reference.least.agreement,
      );

      const half = finishVariant('fp16', convertToHalf(model).model).bytes;
      expect(half.length).toBeLessThanOrEqual(0.52 * bytes.length);
      expect(share(await classes(readModel(half)), (index) => float[index] ?? -1)).toBeGreaterThanOrEqual(
        0.995,
      );
    },
    300_000,
  );

  it('an autoencoder reconstructs as well from int8 weights and from dynamic int8', async () => {
    const bytes = await readFile(join(REFERENCE, 'models/onnx/autoencoder-toycar.onnx'));
    const model = readModel(bytes);
    const random = seededRandom(1);
    const vectors = Array.from({ length: 256 }, () =>
      Float32Array.from({ length: 640 }, () => -30 + 10 * random.normal()),
    );
    const samples = samplesOf('input', [1, 640], vectors);
    const reconstructionError = async (one: OnnxModel): Promise<number> => {
      let sum = 0;
      (await answers(one, samples)).forEach((values, sample) =>
        values.forEach((value, index) => (sum += (value - (vectors[sample]?.[index] ?? NaN)) ** 2)),
      );
      return sum / (256 * 640);
    };
    const float = await reconstructionError(model);
    for (const { model: made } of [quantizeWeights(model), quantizeDynamic(model)]) {
      const file = finishVariant('int8-weights', made).bytes;
      expect(file.length).toBeLessThanOrEqual(0.28 * bytes.length);
      expect(Math.abs((await reconstructionError(readModel(file))) / float - 1)).toBeLessThanOrEqual(0.01);
    }
  });
});
