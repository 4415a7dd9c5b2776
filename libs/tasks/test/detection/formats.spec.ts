import { describe, expect, it } from 'vitest';
import type { DetectionAnswer } from '@hamon/contracts';
import type { Tensors } from '../../src/index.js';
import { detection } from '../../src/detection/detection.js';
import { columnsTensor, found, inputOf, outputs, rowsTensor, specOf, tensorOf } from './support.js';

const FRAME = { width: 200, height: 100 };
const input = inputOf();

function decoded(spec: ReturnType<typeof specOf>, tensors: Tensors): DetectionAnswer {
  const answer = detection.decoder(spec, input)(tensors, FRAME);
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value;
}

/** Of every format below: a Crack of 20x10 around (40, 50) and a Break of 10x10 around (80, 80), and one that is nothing. */
const expected = [found('Break', 0.75, [150, 75, 20, 10]), found('Crack', 0.5, [60, 45, 40, 10])];
const yoloRows = [
  [40, 50, 20, 10, 0.5, 0.125, 0],
  [10, 10, 5, 5, 0.125, 0.125, 0.125],
  [80, 80, 10, 10, 0, 0.125, 0.75],
];
const logit = (p: number): number => Math.log(p / (1 - p));
const separate = {
  boxes: rowsTensor([
    [30, 45, 50, 55],
    [75, 75, 85, 85],
    [0, 0, 0, 0],
  ]),
  scores: tensorOf([1, 3], [0.5, 0.75, 0]),
  classes: { dims: [1, 3], data: Int32Array.from([0, 2, -1]) },
};
const unit = (row: readonly number[]): number[] => row.map((n) => n / 100);

describe('formats of detectors', () => {
  it.each<[string, Record<string, unknown>, Tensors]>([
    ['yolo, parts first', {}, outputs({ output0: columnsTensor([...yoloRows, ...yoloRows.slice(1, 2)]) })],
    ['yolo, anchors first', {}, outputs({ output0: rowsTensor(yoloRows) })],
    [
      'yolo with scores that lack their sigmoid',
      { scoreActivation: 'sigmoid' },
      outputs({
        output0: rowsTensor([
          [40, 50, 20, 10, logit(0.5), -9, -9],
          [80, 80, 10, 10, -9, -9, logit(0.75)],
        ]),
      }),
    ],
    [
      'yolo-objectness',
      { format: 'yolo-objectness' },
      outputs({
        output0: rowsTensor([
          [40, 50, 20, 10, 0.5, 1, 0.5, 0],
          [80, 80, 10, 10, 1, 0, 0, 0.75],
          [10, 10, 9, 9, 0.125, 1, 1, 1],
        ]),
      }),
    ],
    [
      'yolo-objectness of which labels share a softmax',
      { format: 'yolo-objectness', scoreActivation: 'softmax' },
      outputs({
        output0: rowsTensor([
          [40, 50, 20, 10, logit(0.5), 99, 0, 0],
          [80, 80, 10, 10, 99, 0, Math.log(0.5), Math.log(4.5)],
          [10, 10, 9, 9, logit(0.125), 9, 9, 9],
          [30, 30, 9, 9, logit(0.3), 0, 0, 0],
        ]),
      }),
    ],
    [
      'yolox',
      { format: 'yolox', strides: [20, 50] },
      outputs({
        output0: rowsTensor(
          Array.from({ length: 29 }, (_, cell) => {
            // Cell 11 is the second of the third row of strides of 20, cell 28 the last of those of 50.
            if (cell === 11) return [1, 0.5, Math.log(1), Math.log(0.5), 0.5, 1, 0, 0];
            if (cell === 28) return [0.6, 0.6, Math.log(0.2), Math.log(0.2), 1, 0, 0, 0.75];
            return [0, 0, 0, 0, 0, 1, 1, 1];
          }),
        ),
      }),
    ],
    [
      'ssd with background first and corners as shares',
      { format: 'ssd', boxes: 'b', scores: 's', background: 'first' },
      outputs({
        b: rowsTensor([unit([30, 45, 50, 55]), unit([75, 75, 85, 85]), [0, 0, 1, 1]]),
        s: rowsTensor([
          [0.4, 0.5, 0.1, 0],
          [0.25, 0, 0, 0.75],
          [0.9, 0.1, 0, 0],
        ]),
      }),
    ],
    [
      'ssd, y before x, in pixels',
      { format: 'ssd', boxes: 'b', scores: 's', encoding: 'yxyx', coordinates: 'pixels' },
      outputs({
        b: rowsTensor([
          [45, 30, 55, 50],
          [75, 75, 85, 85],
        ]),
        s: rowsTensor([
          [0.5, 0, 0],
          [0, 0, 0.75],
        ]),
      }),
    ],
    [
      'ssd with corner and size',
      { format: 'ssd', boxes: 'b', scores: 's', encoding: 'xywh', coordinates: 'pixels', background: 'last' },
      outputs({
        b: rowsTensor([
          [30, 45, 20, 10],
          [75, 75, 10, 10],
        ]),
        s: rowsTensor([
          [0.5, 0, 0, 1],
          [0, 0, 0.75, 1],
        ]),
      }),
    ],
    [
      'detr with softmax and a last label for nothing',
      { format: 'detr', boxes: 'b', logits: 'l' },
      outputs({
        b: rowsTensor([unit([40, 50, 20, 10]), unit([80, 80, 10, 10]), [0.5, 0.5, 1, 1]]),
        l: rowsTensor([
          [Math.log(4), 0, 0, Math.log(2)],
          [-50, -50, Math.log(3), 0],
          [1, 1, 1, 9],
        ]),
      }),
    ],
    [
      'end-to-end in one output',
      { format: 'end-to-end' },
      outputs({
        output0: rowsTensor([
          [75, 75, 85, 85, 0.75, 2],
          [30, 45, 50, 55, 0.5, 0],
          [0, 0, 0, 0, 0, 0],
        ]),
      }),
    ],
    [
      'end-to-end in separate outputs',
      { format: 'end-to-end', boxes: 'boxes', scores: 'scores', classes: 'classes' },
      outputs(separate),
    ],
    [
      'end-to-end with a count and labels from 1',
      {
        format: 'end-to-end',
        boxes: 'boxes',
        scores: 'scores',
        classes: 'classes',
        count: 'n',
        firstLabel: 1,
      },
      outputs({
        boxes: tensorOf([3, 4], [...separate.boxes.data.slice(0, 8), 0, 0, 50, 50]),
        scores: tensorOf([3], [0.5, 0.75, 0.9]),
        classes: tensorOf([3], [1, 3, 1]),
        n: { dims: [1], data: Int32Array.from([2]) },
      }),
    ],
  ])('%s: boxes and scores are the same', (_, fields, tensors) => {
    const { detections } = decoded(specOf(fields), tensors);
    expect(detections.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    for (const [i, { confidence, box }] of detections.entries()) {
      expect(confidence).toBeCloseTo(expected[i]?.confidence ?? 0, 5);
      for (const part of ['x', 'y', 'width', 'height'] as const) {
        expect(box[part]).toBeCloseTo(expected[i]?.box[part] ?? 0, 3);
      }
    }
  });
});
