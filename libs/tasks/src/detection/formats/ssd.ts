import { scaleOf } from './corners.js';
import type { Format } from './format.js';
import { pairedHead, pairedOutputs } from './paired.js';

/** Decoded boxes of priors and their scores in two outputs. */
export const ssd: Format<'ssd'> = {
  shapes: 'boxes [1, N, 4] and scores [1, N, labels (+ 1)]',
  outputNames: ({ boxes, scores }) => [boxes, scores],
  outputs: ({ boxes, scores, labels, background }) => pairedOutputs(boxes, scores, labels, background),
  head: (spec, input, tensors) => {
    const coded = { encoding: spec.encoding, scale: scaleOf(spec.coordinates, input) };
    return pairedHead(tensors, spec, coded, spec);
  },
};
