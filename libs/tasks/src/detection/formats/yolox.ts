import type { BundleInput } from '@hamon/contracts';
import { rows, type Corners, type Grid } from '../head.js';
import type { Format } from './format.js';
import { cellCount, reaches } from './spread.js';

/** YOLOX as it exports by itself: stride by stride, row by row of the grid. */
export const yolox: Format<'yolox'> = {
  shapes: '[1, cells of all strides, 5 + labels], not decoded',
  outputNames: ({ name }) => [name],
  outputs: ({ name, labels, strides }, input) => [
    { name, wanted: [[1, cellCount(input, strides), 5 + labels.length]], besideLabels: 5 },
  ],
  head: ({ labels, strides }, input, [output]) => {
    const { dims, data } = output as { dims: readonly [number, number]; data: Float32Array };
    const width = 5 + labels.length;
    const boxes = rows(data, width);
    return {
      anchors: dims[1],
      boxes,
      corners: cornersInCells(boxes, input, strides),
      objectness: rows(data, width, 4),
      scores: rows(data, width, 5),
    };
  },
  implausible: (head, input) =>
    reaches(head, input, 0.5)
      ? 'its centres are spread over the input in pixels, as of a head that is decoded: name the format "yolo-objectness"'
      : undefined,
};

function cornersInCells(
  { data, from, anchorStep }: Grid,
  input: BundleInput,
  strides: readonly number[],
): Corners {
  return (anchor, out, at) => {
    let cell = anchor;
    for (const stride of strides) {
      const across = Math.ceil(input.width / stride);
      const cells = across * Math.ceil(input.height / stride);
      if (cell >= cells) {
        cell -= cells;
        continue;
      }
      const start = from + anchor * anchorStep;
      const x = ((data[start] as number) + (cell % across)) * stride;
      const y = ((data[start + 1] as number) + Math.floor(cell / across)) * stride;
      const halfWidth = (Math.exp(data[start + 2] as number) * stride) / 2;
      const halfHeight = (Math.exp(data[start + 3] as number) * stride) / 2;
      out[at] = x - halfWidth;
      out[at + 1] = y - halfHeight;
      out[at + 2] = x + halfWidth;
      out[at + 3] = y + halfHeight;
      return;
    }
  };
}
