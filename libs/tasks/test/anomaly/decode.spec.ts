import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnomalyAnswer } from '@hamon/contracts';
import { frame, input, outputs, spec, task } from './support.js';

const decode = task.decoder(spec, input);

describe('a score', () => {
  it.each([
    [2, 0, false],
    [4, 0.25, false],
    [5.99, 0.49875, false],
    [6, 0.5, true],
    [11, 0.75, true],
    [16, 1, true],
    [-100, 0, false],
    [1e30, 1, true],
  ])('of %d in the model’s units is %d', (score, normalised, isAnomalous) => {
    const answer = decode(outputs(score), frame);
    if (!answer.ok) throw new Error(answer.error.detail);
    expect(answer.value.score).toBeCloseTo(normalised, 6);
    expect(answer.value.isAnomalous).toBe(isAnomalous);
  });

  it('keeps the order of the model, and decides at its threshold', () => {
    const number = fc.float({ min: -50, max: 50, noNaN: true });
    const of = (score: number) => {
      const answer = decode(outputs(score), frame);
      if (!answer.ok) throw new Error(answer.error.detail);
      return answer.value;
    };
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(of(Math.min(a, b)).score).toBeLessThanOrEqual(of(Math.max(a, b)).score);
        expect(of(a).isAnomalous).toBe(a >= spec.threshold);
      }),
    );
  });

  it('is the map’s highest where the model gives none', () => {
    const ofMap = task.decoder({ map: 'map', minimum: 2, threshold: 6, maximum: 16 }, input);
    expect(ofMap(outputs(0, [[3, 11, 4]]), frame)).toMatchObject({ value: { score: 0.75 } });
  });

  it('is no answer where it is NaN, missing, or several', () => {
    expect(decode(outputs(NaN), frame)).toMatchObject({ error: { code: 'output-not-finite' } });
    expect(decode(outputs(3, [[Infinity]]), frame)).toMatchObject({ error: { code: 'output-not-finite' } });
    const two = new Map([...outputs(3), ['score', { dims: [1, 2], data: new Float32Array(2) }]] as const);
    expect(decode(two, frame)).toMatchObject({
      error: {
        code: 'labels-mismatch',
        detail: 'output "score" is [1, 2], output.score needs one number a frame, as [1] or [1, 1]',
      },
    });
    expect(decode(new Map(), frame)).toMatchObject({ error: { detail: 'the model gave no output "map"' } });
  });
});

describe('regions', () => {
  it('are the parts of the map at or above the threshold, the highest first', () => {
    const rows = [
      [6, 0, 0, 0],
      [0, 7, 0, 0],
      [0, 0, 0, 16],
      [0, 0, 5.9, 8],
    ];
    const answer = decode(outputs(16, rows), frame);
    if (!answer.ok) throw new Error(answer.error.detail);
    expect(AnomalyAnswer.parse(answer.value).regions).toEqual([
      { score: 1, box: { x: 6, y: 4, width: 2, height: 4 } },
      { score: 0.55, box: { x: 0, y: 0, width: 4, height: 4 } },
    ]);
  });

  it('lie on the frame, not on the borders around it', () => {
    const contain = task.decoder(spec, { ...input, resize: 'contain' });
    const rows = [[9], [0], [9], [0], [0], [0], [0], [9]];
    const answer = contain(outputs(9, rows), { width: 16, height: 8 });
    // Half of the input is border: rows 0, 1, 6 and 7.
    expect(answer).toMatchObject({ value: { regions: [{ box: { x: 0, y: 0, width: 16, height: 2 } }] } });
  });

  it('are told up to a hundred', () => {
    const rows = Array.from({ length: 40 }, (_, y) =>
      Array.from({ length: 40 }, (_unused, x) => (x % 2 === 0 && y % 2 === 0 ? 7 : 0)),
    );
    const answer = decode(outputs(7, rows), { width: 40, height: 40 });
    expect(answer.ok && answer.value.regions).toHaveLength(100);
  });
});

describe('a heat map', () => {
  const rows = [
    [2, 4],
    [6, 16],
  ];
  const mapOf = (size = frame, like = spec) => task.heatMap!(like, input, outputs(0, rows), size);

  it('is the model’s map on the frame, 0.5 at the threshold', () => {
    const { width, height, values } = mapOf()!;
    expect([width, height]).toEqual([8, 8]);
    const corners = [0, 7, 56, 63].map((cell) => values[cell]!);
    for (const [i, value] of [0, 0.25, 0.5, 1].entries()) expect(corners[i]).toBeCloseTo(value, 6);
    expect(values[8 * 4 + 1]).toBeGreaterThan(values[8 * 3 + 1]!);
  });

  it('is no larger than what is looked at, whatever the frame is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8192 }), fc.integer({ min: 1, max: 8192 }), (width, height) => {
        const map = mapOf({ width, height })!;
        expect(Math.max(map.width, map.height)).toBeLessThanOrEqual(96);
        expect(map.values.length).toBe(map.width * map.height);
        expect(map.values.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('is there only where the model has one that can be read', () => {
    const { map: _, ...scored } = spec;
    expect(mapOf(frame, scored)).toBeNull();
    expect(task.heatMap!(spec, input, outputs(0, [[Number.NaN]]), frame)).toBeNull();
  });
});
