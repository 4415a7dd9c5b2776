import { scaleOf } from './corners.js';
import type { Format } from './format.js';
import { pairedHead, pairedOutputs } from './paired.js';

/** A box per query, as centre and size in shares of the input. */
export const detr: Format<'detr'> = {
  shapes: 'boxes [1, Q, 4] and logits [1, Q, labels (+ 1)]',
  outputNames: ({ boxes, logits }) => [boxes, logits],
  outputs: ({ boxes, logits, labels, background }) => pairedOutputs(boxes, logits, labels, background),
  head: (spec, input, tensors) => {
    const coded = { encoding: 'cxcywh' as const, scale: scaleOf('unit', input) };
    return pairedHead(tensors, { boxes: spec.boxes, scores: spec.logits }, coded, spec);
  },
};
