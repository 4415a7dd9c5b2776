import { describe, expect, it } from 'vitest';
import { bundleDocument } from '@hamon/testing';
import { checkModel } from '../src/worker/check-model.js';

const { input } = bundleDocument();
const outputs = ['scores'];
const image = { name: 'image', type: 'float32', shape: ['batch', 1, 8, 8] };
const scores = { name: 'scores', type: 'float32', shape: ['batch', 3] };

describe('checkModel', () => {
  it.each([
    ['a dynamic batch', image, scores],
    ['a batch of one', { ...image, shape: [1, 1, 8, 8] }, { ...scores, shape: [1, 3] }],
    ['dynamic everything', { ...image, shape: ['n', 'c', 'h', 'w'] }, { ...scores, shape: ['n', 'k'] }],
    ['extra dimensions of one', image, { ...scores, shape: [1, 1, 3] }],
  ])('accepts %s', (_what, first, second) => {
    expect(checkModel({ inputs: [first], outputs: [second] }, input, outputs)).toBeUndefined();
  });

  it.each([
    ['another name', [{ ...image, name: 'x' }], 'input.name is "image", the model has "x"'],
    ['another size', [{ ...image, shape: [1, 1, 8, 9] }], 'as [1, 1, 8, 8], the model takes [1, 1, 8, 9]'],
    [
      'a fixed batch of four',
      [{ ...image, shape: [4, 1, 8, 8] }],
      'takes 4 frames at once; export the model with a batch of 1',
    ],
    ['another rank', [{ ...image, shape: [1, 64] }], 'the model takes [1, 64]'],
    ['another type', [{ ...image, type: 'uint8' }], 'is uint8, not float32'],
    ['a second input', [image, { ...image, name: 'mask' }], 'needs 2 inputs: "image", "mask"'],
  ])('refuses an input of %s', (_what, inputs, detail) => {
    const fault = checkModel({ inputs, outputs: [scores] }, input, outputs);
    expect(fault).toEqual({ code: 'input-mismatch', detail: expect.stringContaining(detail) });
  });

  it.each([
    ['another name', { ...scores, name: 'y' }, 'reads output "scores", the model has "y"'],
    ['text', { ...scores, type: 'string' }, 'is string, not numbers'],
  ])('refuses an output of %s', (_what, bad, detail) => {
    const fault = checkModel({ inputs: [image], outputs: [bad] }, input, outputs);
    expect(fault).toEqual({ code: 'labels-mismatch', detail: expect.stringContaining(detail) });
  });
});
