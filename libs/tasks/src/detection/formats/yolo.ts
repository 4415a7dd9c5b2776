import { columns, rows } from '../head.js';
import { cornersOf, PIXELS } from './corners.js';
import type { Format } from './format.js';
import { notPixels } from './spread.js';

/** Ultralytics from version 8 on. Where both orientations fit, parts come first: that is how it exports. */
export const yolo: Format<'yolo'> = {
  shapes: '[1, 4 + labels, N] or [1, N, 4 + labels]',
  outputNames: ({ name }) => [name],
  outputs: ({ name, labels }) => [
    {
      name,
      wanted: [
        [1, 4 + labels.length, 'any'],
        [1, 'any', 4 + labels.length],
      ],
      besideLabels: 4,
    },
  ],
  head: ({ labels }, _input, [output]) => {
    const { dims, data } = output as { dims: readonly [number, number, number]; data: Float32Array };
    const width = 4 + labels.length;
    const partsFirst = dims[1] === width;
    const anchors = partsFirst ? dims[2] : dims[1];
    const boxes = partsFirst ? columns(data, anchors) : rows(data, width);
    return {
      anchors,
      boxes,
      corners: cornersOf(boxes, 'cxcywh', PIXELS),
      scores: partsFirst ? columns(data, anchors, 4) : rows(data, width, 4),
    };
  },
  implausible: notPixels,
};
