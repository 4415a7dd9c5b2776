import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BundleDocument } from '@hamon/contracts';
import { readModel } from '@hamon/onnx';
import { describe, expect, it } from 'vitest';

const BUNDLES = fileURLToPath(new URL('../bundles/', import.meta.url));
const bundleIn = (folder: string): BundleDocument =>
  BundleDocument.parse(JSON.parse(readFileSync(join(BUNDLES, folder, 'bundle.json'), 'utf8')));

describe.each([
  ['1.0.0', 'surface-inspection'],
  ['2.0.0', 'surface-inspection'],
  ['surface-defects/1.0.0', 'surface-defects'],
  ['surface-defects/2.0.0', 'surface-defects'],
])('the bundle in bundles/%s', (folder, model) => {
  const bundle = bundleIn(folder);

  it('is a version of its model, with all its files', () => {
    expect(bundle.model).toBe(model);
    expect(bundle.version).toBe(folder.split('/').at(-1));
    const files = [...bundle.variants, ...(bundle.golden ?? [])].map(({ file }) => file);
    expect(files.filter((file) => !existsSync(join(BUNDLES, folder, file)))).toEqual([]);
  });
});

describe.each(['1.0.0', '2.0.0'])('the detector %s', (version) => {
  const folder = `surface-defects/${version}`;
  const path = join(BUNDLES, folder, 'model.fp32.onnx');
  const bundle = bundleIn(folder);

  it('is small, and one file of operator set 17', () => {
    expect(statSync(path).size).toBeLessThanOrEqual(600_000);
    const model = readModel(readFileSync(path));
    expect(model.opset).toBe(17);
  });

  it('takes any batch of grey images and gives a box and a score per label for each anchor', () => {
    const { graph } = readModel(readFileSync(path));
    expect(graph.inputs.map(({ name, dims }) => ({ name, dims }))).toEqual([
      { name: 'image', dims: ['batch', 1, 96, 96] },
    ]);
    expect(graph.outputs.map(({ name, dims }) => ({ name, dims }))).toEqual([
      { name: 'output0', dims: ['batch', 7, 180] },
    ]);
  });

  it('has golden samples of every label, and one of a good part, where it finds nothing', () => {
    const found = (bundle.golden ?? []).map(({ expect: answer }) =>
      answer && 'detections' in answer ? answer.detections.map(({ label }) => label) : ['none expected'],
    );
    expect(found).toContainEqual([]);
    expect(new Set(found.flat())).toEqual(new Set('labels' in bundle.output ? bundle.output.labels : []));
  });
});
