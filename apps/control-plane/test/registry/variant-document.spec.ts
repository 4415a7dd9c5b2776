import { describe, expect, test } from 'vitest';
import { BundleDocument, goldenFor, type GoldenSample } from '@hamon/contracts';
import { bundleDocument } from '@hamon/testing';
import { filesOf, variantDocument } from '../../src/registry/variant-document.js';

const sample = (file: string, label: string): GoldenSample => ({
  file,
  expect: { label, probabilities: [0.1, 0.2, 0.7], tolerance: 0.1 },
});

const bundle = bundleDocument({
  variants: [
    { name: 'fp32', file: 'model.fp32.onnx' },
    { name: 'int8-static', file: 'model.int8.onnx', golden: [sample('golden/0.png', 'low')] },
  ],
  golden: [sample('golden/0.png', 'high'), sample('golden/1.png', 'high')],
  baseline: 'baseline.json',
});

describe('variantDocument', () => {
  test.each(bundle.variants)('$name keeps its own expectations and only its own files', (variant) => {
    const document = BundleDocument.parse(variantDocument(bundle, variant));
    expect(document.variants.map(({ name }) => name)).toEqual([variant.name]);
    expect(goldenFor(document, variant.name)).toEqual(goldenFor(bundle, variant.name));
    const images = goldenFor(bundle, variant.name).map(({ file }) => file);
    expect(filesOf(document).sort()).toEqual(['baseline.json', ...images, variant.file].sort());
  });
});
