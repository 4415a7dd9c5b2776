import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionSummary, type DetectionAnswer } from '@hamon/contracts';
import { detection } from '../../src/detection/detection.js';
import { anyAnswer, answerOf, found, specOf } from './support.js';

const FRAME = { width: 128, height: 128 };
const summed = (answers: readonly DetectionAnswer[]): DetectionSummary => {
  const summary = detection.summaries.collect(specOf());
  for (const answer of answers) summary.add(answer, FRAME);
  return DetectionSummary.parse(summary.build());
};
const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

describe('summaries of detections', () => {
  it('count each detection by label, confidence and size, each frame by their number', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer, { maxLength: 10 }), fc.array(anyAnswer, { maxLength: 10 }), (a, b) => {
        const { merge } = detection.summaries;
        const whole = summed([...a, ...b]);
        expect(merge(summed(a), summed(b))).toEqual(whole);
        expect(merge(summed(b), summed(a))).toEqual(whole);
        expect(total(whole.perFrame)).toBe(whole.answers);
        for (const counts of [whole.confidence, whole.areas, Object.values(whole.labels)]) {
          expect(total(counts)).toBe(whole.detections);
        }
      }),
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
    [5, 4],
    [16, 5],
    [17, 6],
    [64, 7],
    [65, 8],
    [900, 8],
  ])('a frame of %i detections is in bin %i', (n, bin) => {
    const many = answerOf(...Array.from({ length: n }, () => found('Crack', 0.5, [0, 0, 9, 9])));
    expect(summed([many]).perFrame[bin]).toBe(1);
  });

  it.each([
    [128, 9],
    [64, 9],
    [63, 8],
    [32, 8],
    [0.25, 1],
    [0.2, 0],
    [0.0001, 0],
  ])('a square of side %d of a frame of 128 is in bin %i', (side, bin) => {
    expect(summed([answerOf(found('Crack', 0.5, [0, 0, side, side]))]).areas[bin]).toBe(1);
  });

  it('count frames with too many candidates', () => {
    expect(summed([{ detections: [], candidatesCut: 5 }, answerOf()]).cutFrames).toBe(1);
  });
});

describe('one line for people', () => {
  it.each<[DetectionAnswer, string]>([
    [answerOf(), 'nothing'],
    [
      answerOf(
        found('Fray', 0.9, [0, 0, 1, 1]),
        found('Crack', 0.8, [0, 0, 1, 1]),
        found('Crack', 0.7, [0, 0, 1, 1]),
      ),
      '2 Crack, 1 Fray',
    ],
  ])('%o', (answer, line) => {
    expect(detection.describe(answer)).toBe(line);
    expect(detection.confidence(answer)).toBeNull();
  });
});

describe('a rollout’s threshold', () => {
  const spec = specOf({ threshold: [0.2, 0.3, 0.4] });

  it('is one number for all labels, or some labels’ own', () => {
    expect(detection.withThreshold(spec, 0.5)).toEqual({ ok: true, value: { ...spec, threshold: 0.5 } });
    expect(detection.withThreshold(spec, { Fray: 0.6 })).toMatchObject({
      value: { threshold: [0.2, 0.6, 0.4] },
    });
    expect(detection.withThreshold(specOf(), { Break: 0.6 })).toMatchObject({
      value: { threshold: [0.25, 0.25, 0.6] },
    });
    expect(spec.threshold).toEqual([0.2, 0.3, 0.4]);
  });

  it.each([
    [1, 'threshold must be above 0 and below 1, is 1'],
    [0, 'threshold must be above 0 and below 1, is 0'],
    [{ Crack: -1 }, 'threshold of "Crack" must be above 0 and below 1, is -1'],
    [{ Dent: 0.5 }, 'threshold names "Dent", which is not one of output.labels'],
  ])('%o is refused', (threshold, error) => {
    expect(detection.withThreshold(spec, threshold)).toEqual({ ok: false, error });
  });
});
