import { describe, expect, it } from 'vitest';
import type { TensorFacts } from '../../src/index.js';
import { detection } from '../../src/detection/detection.js';
import { inputOf, outputs, rowsTensor, specOf } from './support.js';

const input = inputOf({ width: 640, height: 640 });
const many = Array.from({ length: 80 }, (_, i) => `label-${i}`);
const facts = (shape: (number | string)[], name = 'output0'): TensorFacts => ({
  name,
  type: 'float32',
  shape,
});
const refusal = (
  fields: Record<string, unknown>,
  shape: (number | string)[],
  ...others: TensorFacts[]
): string | undefined => detection.checkOutputs(specOf(fields), input, [facts(shape), ...others]);

describe('outputs that a detection format reads', () => {
  it.each<[Record<string, unknown>, (number | string)[]]>([
    [{}, [1, 7, 8400]],
    [{}, [1, 8400, 7]],
    [{}, ['batch', 7, 'anchors']],
    [{ format: 'yolo-objectness' }, [1, 25200, 8]],
    [{ format: 'yolox' }, ['batch', 8400, 8]],
    [{ format: 'end-to-end' }, [1, 300, 6]],
    [{ format: 'end-to-end' }, ['n', 6]],
  ])('%o may be %j', (fields, shape) => {
    expect(refusal(fields, shape)).toBeUndefined();
  });

  it('reads parts first where both ways fit', () => {
    const square = Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_, j) => 10 * i + j));
    const answer = detection.decoder(specOf({ threshold: 0.5 }), inputOf())(
      outputs({
        output0: rowsTensor(
          square.map((row, i) => row.map((n, j) => (i > 3 ? (i === 5 && j === 2 ? 0.9 : 0) : n))),
        ),
      }),
      { width: 100, height: 100 },
    );
    expect(answer).toMatchObject({
      ok: true,
      value: { detections: [{ label: 'Fray', box: { x: 0, y: 0, width: 13, height: 28 } }] },
    });
  });
});

describe('outputs that are refused', () => {
  it.each<[string, Record<string, unknown>, (number | string)[], RegExp]>([
    [
      'labels of another width',
      {},
      [1, 84, 8400],
      /\[1, 84, 8400\].*as "yolo" has 80 labels, output\.labels has 3$/,
    ],
    ['labels of another width, turned', {}, [1, 8400, 84], /has 80 labels, output\.labels has 3$/],
    [
      'labels of another width beside objectness',
      { format: 'yolo-objectness' },
      [1, 25200, 85],
      /as "yolo-objectness" has 80 labels, output\.labels has 3$/,
    ],
    ['objectness', { labels: many }, [1, 25200, 85], /"yolo" needs .*: it fits "yolo-objectness"$/],
    [
      'a grid',
      { labels: many },
      [1, 85, 22, 22],
      /grid of cells that is not decoded.*"ssd" boxes \[1, N, 4\]/,
    ],
    ['grids of three anchors', { labels: many }, [1, 3, 80, 80, 85], /grid of cells/],
    ['keypoints', { labels: ['person'] }, [1, 56, 8400], /\[1, 56, 8400\], probably keypoints \(51 columns/],
    ['oriented boxes', { labels: many }, [1, 85, 8400], /probably oriented boxes/],
    ['instance masks', { labels: many }, [1, 116, 8400], /instance segmentation \(32 mask coefficients/],
    [
      'cells of other strides',
      { format: 'yolox', labels: many },
      [1, 3549, 85],
      /"yolox" needs \[1, 8400, 85\]/,
    ],
    ['a batch of more', {}, [4, 7, 8400], /\[4, 7, 8400\]/],
    ['a single row of numbers', {}, [1, 1000], /which "yolo" does not read: "yolo" \[1, 4 \+ labels, N\]/],
  ])('%s', (_, fields, shape, sentence) => {
    expect(refusal(fields, shape)).toMatch(sentence);
  });

  it('tells masks of single instances by their prototypes', () => {
    expect(refusal({}, [1, 71, 8400], facts([1, 64, 160, 160], 'output1'))).toMatch(/64 mask coefficients/);
  });

  it('says the same once it has run', () => {
    const decode = detection.decoder(specOf(), input);
    const answer = decode(outputs({ output0: rowsTensor([[1, 2, 3, 4, 0.5]]) }), { width: 9, height: 9 });
    expect(answer).toMatchObject({ ok: false, error: { code: 'labels-mismatch' } });
  });

  it('names boxes and scores that are not as many', () => {
    const spec = specOf({ format: 'ssd', boxes: 'b', scores: 's' });
    const answer = detection.decoder(spec, input)(
      outputs({
        b: rowsTensor([[0, 0, 1, 1]]),
        s: rowsTensor([
          [1, 0, 0],
          [1, 0, 0],
        ]),
      }),
      { width: 9, height: 9 },
    );
    expect(answer).toMatchObject({
      ok: false,
      error: { detail: 'output "b" has 1 boxes, output "s" scores of 2' },
    });
  });
});

describe('values that no shape tells', () => {
  const cells = 8400;
  const dense = (row: (cell: number) => number[]): ReturnType<typeof outputs> =>
    outputs({ output0: rowsTensor(Array.from({ length: cells }, (_, cell) => row(cell))) });
  const raw = dense((cell) => [
    (cell % 3) / 2,
    (cell % 5) / 4,
    -1 + (cell % 4),
    (cell % 3) - 1,
    0.1,
    1,
    0,
    0,
  ]);
  const pixels = dense((cell) => [(8 * cell) % 640, (8 * cell) / 100, 20, 30, 0.1, 1, 0, 0]);
  const shares = dense((cell) => [(cell % 100) / 100, cell / cells, 0.1, 0.1, 0.1, 1, 0, 0]);
  const frame = { width: 640, height: 640 };
  const detail = (format: string, tensors: typeof raw): string | undefined => {
    const answer = detection.decoder(specOf({ format }), input)(tensors, frame);
    return answer.ok ? undefined : answer.error.detail;
  };

  it('YOLOX that is not decoded is told from what is', () => {
    expect(detail('yolox', raw)).toBeUndefined();
    expect(detail('yolo-objectness', pixels)).toBeUndefined();
    expect(detail('yolo-objectness', raw)).toMatch(/"yolo-objectness", but .* name the format "yolox"/);
    expect(detail('yolox', pixels)).toMatch(/"yolox", but .* name the format "yolo-objectness"/);
  });

  it('shares of the input are no pixels', () => {
    expect(detail('yolo-objectness', shares)).toMatch(/probably shares of the input/);
  });
});
