import { describe, expect, it } from 'vitest';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  addNoiseToWeights,
  compactNames,
  exposeTensors,
  inferShapes,
  readModel,
  simplify,
  writeModel,
} from '../src/index.js';
import { runModels, waves } from './run-models.js';

const DATA = fileURLToPath(new URL('../../../../shared/data/models/', import.meta.url));
const FILES = [
  'tile-inspector-1.0.0/model.fp32.onnx',
  'tile-inspector-2.0.0/model.fp32.onnx',
  'resnet8-cifar10-1.0.0/model.fp32.onnx',
  'onnx/autoencoder-toycar.onnx',
];

// Reference models are not part of the repository; they lie beside it where somebody has fetched them.
const suite = existsSync(DATA) ? describe : describe.skip;

suite('real models (skipped without ../shared/data)', () => {
  it.each(FILES)(
    '%s computes the same after reading, writing, simplifying and shortening names',
    async (file) => {
      const bytes = readFileSync(DATA + file);
      const model = readModel(bytes);
      const { model: simple } = simplify(model);
      expect(inferShapes(simple)).toEqual({ unknown: [], unknownOperators: [] });
      const exposed = exposeTensors(
        simple,
        simple.graph.nodes.flatMap(({ outputs }) => outputs),
      );
      const compact = simple.clone();
      compactNames(compact);
      const [input] = model.graph.inputs;
      const feeds = { [input!.name]: waves(input!.dims!.map((dim) => (typeof dim === 'number' ? dim : 1))) };
      const variants = [
        bytes,
        writeModel(model),
        writeModel(simple),
        writeModel(compact),
        writeModel(exposed),
      ];
      const runs = await runModels(variants.map((one) => ({ bytes: one, feeds })));
      const output = model.graph.outputs[0]!.name;
      const expected = runs[0]?.outputs?.[output]?.data;
      expect(expected?.every(Number.isFinite)).toBe(true);
      for (const run of runs) expect(run.outputs?.[output]?.data).toEqual(expected);
      expect(writeModel(compact).length).toBeLessThan(bytes.length);
      // What was inferred with a name for the batch is what the runtime makes for a batch of one.
      for (const [name, { dims }] of Object.entries(runs[4]?.outputs ?? {}))
        expect([name, simple.graph.valueOf(name)?.dims?.map((dim) => (dim === 'batch' ? 1 : dim))]).toEqual([
          name,
          dims,
        ]);
    },
  );

  it.each(FILES)('%s is another model, but finite, with noise on its weights', async (file) => {
    const model = readModel(readFileSync(DATA + file));
    const [input] = model.graph.inputs;
    const feeds = { [input!.name]: waves(input!.dims!.map((dim) => (typeof dim === 'number' ? dim : 1))) };
    const [plain, noisy] = await runModels(
      [model, addNoiseToWeights(model, 3)].map((one) => ({ bytes: writeModel(one), feeds })),
    );
    const output = model.graph.outputs[0]!.name;
    expect(noisy?.outputs?.[output]?.data.every(Number.isFinite)).toBe(true);
    expect(noisy?.outputs?.[output]?.data).not.toEqual(plain?.outputs?.[output]?.data);
  });
});
