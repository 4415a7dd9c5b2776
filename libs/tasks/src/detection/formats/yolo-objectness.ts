import { rows } from '../head.js';
import { cornersOf, PIXELS } from './corners.js';
import type { Format } from './format.js';
import { notPixels } from './spread.js';

/** YOLOv5 and its kin, and YOLOX where it was exported decoded. */
export const yoloObjectness: Format<'yolo-objectness'> = {
  shapes: '[1, N, 5 + labels]',
  outputNames: ({ name }) => [name],
  outputs: ({ name, labels }) => [{ name, wanted: [[1, 'any', 5 + labels.length]], besideLabels: 5 }],
  head: ({ labels }, _input, [output]) => {
    const { dims, data } = output as { dims: readonly [number, number]; data: Float32Array };
    const width = 5 + labels.length;
    const boxes = rows(data, width);
    return {
      anchors: dims[1],
      boxes,
      corners: cornersOf(boxes, 'cxcywh', PIXELS),
      objectness: rows(data, width, 4),
      scores: rows(data, width, 5),
    };
  },
  implausible: notPixels,
};
