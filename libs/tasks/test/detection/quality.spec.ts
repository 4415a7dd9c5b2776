import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, IOU_LIMITS, type Judged } from '../../src/detection/average-precision.js';
import { detection } from '../../src/detection/detection.js';
import { judgeDetections } from '../../src/detection/judge-detections.js';
import type { TrueBox } from '../../src/index.js';
import { found, inputOf, LABELS, outputs, rowsTensor, specOf } from './support.js';

const FRAME = { width: 100, height: 100 };
const ALL = 2 ** IOU_LIMITS.length - 1;
const right = (score: number): Judged => ({ score, right: ALL, ignored: 0 });
const wrong = (score: number): Judged => ({ score, right: 0, ignored: 0 });
const box = (x: number, y: number, side: number, label = 'Crack'): TrueBox => ({
  label,
  x,
  y,
  width: side,
  height: side,
});

describe('average precision by COCO’s rules', () => {
  it.each<[string, Judged[], number, number]>([
    ['everything found', [right(0.9), right(0.8)], 2, 1],
    ['nothing found', [], 2, 0],
    // Recall 0 to 0.5 at precision 1: 51 of 101 levels.
    ['half of it found', [right(0.9)], 2, 51 / 101],
    // The wrong one before them counts; after them it does not.
    ['a wrong one first', [wrong(0.9), right(0.8), right(0.7)], 2, 2 / 3],
    ['a wrong one last', [right(0.9), right(0.8), wrong(0.7)], 2, 1],
    // Precision is made monotonous: 2/3 holds for all of the recall below.
    ['a wrong one between', [right(0.9), wrong(0.8), right(0.7)], 2, (51 + 50 * (2 / 3)) / 101],
    ['what lies in a crowd', [{ score: 0.9, right: 0, ignored: ALL }, right(0.8)], 1, 1],
  ])('%s', (_, judged, truths, expected) => {
    expect(averagePrecision(judged, 0, truths)).toBeCloseTo(expected, 12);
  });
});

describe('detections beside true boxes', () => {
  it('take the true box that they overlap most, each of them once', () => {
    const [first, second] = judgeDetections(
      [found('Crack', 0.9, [0, 0, 10, 10]), found('Crack', 0.8, [1, 0, 10, 10])],
      [box(0, 0, 10)],
    );
    expect(first).toMatchObject({ right: ALL });
    expect(second).toMatchObject({ right: 0, ignored: 0 });
  });

  it('are right up to the limit that they reach', () => {
    // 8/10 of the box: right from 0.5 to 0.8.
    const [one] = judgeDetections([found('Crack', 0.9, [0, 0, 10, 8])], [box(0, 0, 10)]);
    expect(one?.right).toBe(0b0001111111);
  });

  it('that lie in a crowd are neither right nor wrong, as many as there are', () => {
    const crowd = { ...box(50, 50, 40), isCrowd: true };
    const judged = judgeDetections(
      [
        found('Crack', 0.9, [50, 50, 10, 10]),
        found('Crack', 0.8, [60, 60, 10, 10]),
        found('Crack', 0.7, [0, 0, 10, 10]),
      ],
      [crowd, box(0, 0, 10)],
    );
    expect(judged.map(({ ignored }) => ignored)).toEqual([ALL, ALL, 0]);
    expect(judged.map(({ right: ones }) => ones)).toEqual([0, 0, ALL]);
  });
});

describe('quality of a detector', () => {
  const input = inputOf();
  const spec = specOf();
  const image = (truth: readonly TrueBox[], rows: readonly number[][]) => ({
    truth,
    tensors: outputs({
      output0: rowsTensor([...rows, ...Array.from({ length: 10 }, () => [0, 0, 0, 0, 0, 0, 0])]),
    }),
  });
  const images = [
    image(
      [box(0, 0, 20), box(50, 50, 20, 'Fray')],
      [
        [10, 10, 20, 20, 0.9, 0, 0],
        [60, 60, 20, 20, 0, 0.01, 0],
      ],
    ),
    image([box(40, 40, 20)], [[10, 10, 20, 20, 0.95, 0, 0]]),
    image([], [[80, 80, 20, 20, 0, 0.05, 0]]),
  ];
  const collected = (some: typeof images) => {
    const quality = detection.quality.collect(spec, input);
    for (const { truth, tensors } of some)
      expect(quality.add(tensors, FRAME, { boxes: truth })).toBeUndefined();
    return quality;
  };

  it('is of all scores, also of those below the bundle’s threshold, and of labels that occur', () => {
    const { samples, metric, value, figures } = collected(images).build();
    expect({ samples, metric }).toEqual({ samples: 3, metric: 'mAP50' });
    expect(figures['AP50.Crack']).toBeCloseTo((51 * 0.5) / 101, 12);
    expect(figures['AP50.Fray']).toBeCloseTo(0.5, 12);
    expect(figures).not.toHaveProperty(`AP50.${LABELS[2]}`);
    expect(value).toBe(figures['mAP50']);
    expect(value).toBeCloseTo((0.5 + (51 * 0.5) / 101) / 2, 12);
  });

  it('is the same in parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: images.length }), (at) => {
        const [head, tail] = [collected(images.slice(0, at)), collected(images.slice(at))];
        head.merge(tail);
        expect(head.build()).toEqual(collected(images).build());
      }),
    );
  });

  it('says what is missing', () => {
    const quality = detection.quality.collect(spec, input);
    const { tensors } = images[0] ?? image([], []);
    expect(quality.add(tensors, FRAME, {})).toBe('no boxes are given');
    expect(quality.add(tensors, FRAME, { boxes: [box(0, 0, 9, 'Dent')] })).toBe(
      '"Dent" is not one of output.labels',
    );
    expect(quality.build()).toMatchObject({ samples: 0, value: 0 });
  });
});
